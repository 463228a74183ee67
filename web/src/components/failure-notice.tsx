import { Button, Text } from '@mantine/core';
import { failureWords } from '../api/failure-words.ts';
import { Notice } from './notice.tsx';

interface FailureNoticeProps {
  /** Whatever was thrown. */
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, in words, and the way to try again where there is one. */
export function FailureNotice({ error, onRetry }: FailureNoticeProps) {
  const { title, text } = failureWords(error);
  return (
    <Notice role="alert" tone="bad" title={title} takesFocus={onRetry === undefined}>
      <Text size="sm">{text}</Text>
      {onRetry && (
        <Button variant="default" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Notice>
  );
}
