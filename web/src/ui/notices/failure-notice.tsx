import { Button, Text } from '@mantine/core';
import { failureWords, mayHelpToRetry } from '../../format/failure-words.ts';
import { Notice } from './notice.tsx';

interface FailureNoticeProps {
  /** Whatever was thrown. */
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, in words, and the way to try again where there is one. */
export function FailureNotice({ error, onRetry }: FailureNoticeProps) {
  const { title, text } = failureWords(error);
  const canRetry = onRetry !== undefined && mayHelpToRetry(error);
  return (
    <Notice role="alert" tone="bad" title={title} takesFocus={onRetry === undefined}>
      <Text size="sm">{text}</Text>
      {canRetry && (
        <Button variant="default" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Notice>
  );
}
