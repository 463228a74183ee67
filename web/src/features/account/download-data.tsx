import { Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { readOwnData } from '../../api/account.ts';
import { useApi } from '../../api/client/api-client.ts';
import { countWords } from '../../format/words/count-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { saveFile } from '../../ui/forms/save-file.ts';
import { useLeaving } from '../../ui/forms/use-leaving.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';

/** Saves everything that is kept of who is signed in as one JSON file. */
export function DownloadData() {
  const api = useApi();
  const [count, setCount] = useState(0);
  const leaving = useLeaving();
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: () => readOwnData(api, setCount, leaving.current.signal),
    onMutate: () => setCount(0),
    onSuccess: (data) =>
      saveFile('ibkr-gateway-data.json', JSON.stringify(data, null, 2), 'application/json'),
  });
  return (
    <Stack gap="md">
      <Text size="sm">
        One JSON file with every record about you: connections, keys, apps, orders and activity. What your
        connections sign in with is sealed and stays out of it.
      </Text>
      <Group>
        <ActionButton variant="default" loading={isPending} onClick={() => mutate()}>
          Download my data
        </ActionButton>
        <Text size="sm" c="dimmed" role="status">
          {isPending && `${count} records read…`}
          {isSuccess && `${countWords(count, 'record')} saved`}
        </Text>
      </Group>
      {error !== null && <FailureNotice error={error} />}
    </Stack>
  );
}
