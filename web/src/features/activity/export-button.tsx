import { Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type CallFilter, readCalls } from '../../api/activity/audit.ts';
import { useApi } from '../../api/client/api-client.ts';
import { countWords } from '../../format/words/count-words.ts';
import { failureWords } from '../../format/words/failure-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { saveFile } from '../../ui/forms/save-file.ts';
import { useLeaving } from '../../ui/forms/use-leaving.ts';
import { CALL_CSV } from './export-formats.ts';

interface ExportButtonProps {
  filter: CallFilter;
  /** Of the connection. */
  name: string;
}

/** Saves all calls that fit the filter as a file, however many there are. */
export function ExportButton({ filter, name }: ExportButtonProps) {
  const api = useApi();
  const [count, setCount] = useState(0);
  const leaving = useLeaving();

  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: async () => {
      // The browser keeps these outside the page's memory.
      const parts = [new Blob([CALL_CSV.head])];
      for await (const calls of readCalls(api, filter, leaving.current.signal)) {
        parts.push(new Blob([CALL_CSV.page(calls)]));
        setCount((before) => before + calls.length);
      }
      saveFile(`${fileName(name)}-activity.csv`, new Blob(parts), 'text/csv');
    },
    onMutate: () => setCount(0),
  });

  return (
    // The words before they come take no room beside the button.
    <Group gap={0}>
      <ActionButton variant="default" size="xs" disabled={isPending} onClick={() => mutate()}>
        Export CSV
      </ActionButton>
      <Text size="sm" c="dimmed" role="status" {...((isPending || isSuccess || error) && { ml: 'sm' })}>
        {isPending && `${countWords(count, 'call')} read…`}
        {isSuccess && `${countWords(count, 'call')} saved`}
        {error && failureWords(error).title}
      </Text>
    </Group>
  );
}

function fileName(label: string): string {
  return label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
}
