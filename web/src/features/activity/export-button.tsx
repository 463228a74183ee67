import { Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type CallFilter, MOST_EXPORTED, readAllCalls } from '../../api/audit.ts';
import { useApi } from '../../api/client/api-client.ts';
import { failureWords } from '../../format/failure-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { saveFile } from '../../ui/forms/save-file.ts';
import { useLeaving } from '../../ui/forms/use-leaving.ts';
import { callCsv } from './export-formats.ts';

interface ExportButtonProps {
  filter: CallFilter;
  /** Of the connection. */
  name: string;
}

/** Saves all calls that fit the filter as a file. */
export function ExportButton({ filter, name }: ExportButtonProps) {
  const api = useApi();
  const [count, setCount] = useState(0);
  const leaving = useLeaving();

  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: () => readAllCalls(api, filter, setCount, leaving.current.signal),
    onMutate: () => setCount(0),
    onSuccess: (calls) => saveFile(`${fileName(name)}-activity.csv`, callCsv(calls), 'text/csv'),
  });

  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {isPending && `${count} calls read…`}
        {isSuccess && (count < MOST_EXPORTED ? `${count} calls saved` : `The latest ${count} calls saved`)}
        {error && failureWords(error).title}
      </Text>
      <ActionButton variant="default" size="xs" disabled={isPending} onClick={() => mutate()}>
        Export CSV
      </ActionButton>
    </Group>
  );
}

function fileName(label: string): string {
  return label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
}
