import { Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { readRecords } from '../../api/activity/audit.ts';
import { useApi } from '../../api/client/api-client.ts';
import { countWords } from '../../format/words/count-words.ts';
import { failureWords } from '../../format/words/failure-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { saveFile } from '../../ui/forms/save-file.ts';
import { useLeaving } from '../../ui/forms/use-leaving.ts';
import { RECORD_FORMATS, type RecordFormat } from './export-formats.ts';

const FORMATS: RecordFormat[] = ['CSV', 'JSON lines'];

/** Saves the records of all connections, with the hashes that chain them. */
export function ExportRecords() {
  const api = useApi();
  const [count, setCount] = useState(0);
  const leaving = useLeaving();
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: async (format: RecordFormat) => {
      const { extension, type, head, page } = RECORD_FORMATS[format];
      // The browser keeps these outside the page's memory, however many there are.
      const parts = [new Blob([head])];
      for await (const records of readRecords(api, leaving.current.signal)) {
        parts.push(new Blob([page(records)]));
        setCount((before) => before + records.length);
      }
      saveFile(`ibkr-gateway-activity.${extension}`, new Blob(parts), type);
    },
    onMutate: () => setCount(0),
  });
  return (
    <Group gap="sm">
      <Text size="sm">Records of all connections, with the hashes that link them:</Text>
      {FORMATS.map((format) => (
        <ActionButton
          key={format}
          variant="default"
          size="xs"
          disabled={isPending}
          onClick={() => mutate(format)}
        >
          Export all as {format}
        </ActionButton>
      ))}
      <Text size="sm" c="dimmed" role="status">
        {isPending && `${countWords(count, 'record')} read…`}
        {isSuccess && `${countWords(count, 'record')} saved`}
        {error && failureWords(error).title}
      </Text>
    </Group>
  );
}
