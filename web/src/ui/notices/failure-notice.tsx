import { Button, Stack, Text } from '@mantine/core';
import { useContext } from 'react';
import { failureWords, isSameFailure, mayHelpToRetry, textBeyond } from '../../format/words/failure-words.ts';
import { Notice } from './notice.tsx';
import { ToldAbove } from './told-above.ts';

interface FailureNoticeProps {
  /** Whatever was thrown. */
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, in words, and the way to try again where there is one. */
export function FailureNotice({ error, onRetry }: FailureNoticeProps) {
  const { title, text } = failureWords(error);
  const untold = textBeyond(text, useContext(ToldAbove));
  const canRetry = onRetry !== undefined && mayHelpToRetry(error);
  return (
    <Notice role="alert" tone="bad" title={title} takesFocus={onRetry === undefined}>
      {untold !== '' && <Text size="sm">{untold}</Text>}
      {canRetry && (
        <Button variant="default" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Notice>
  );
}

/** In place of what failed for a reason that is told elsewhere on the page. */
export function NotAvailable() {
  return (
    <Text size="sm" c="dimmed">
      Not available now.
    </Text>
  );
}

export interface Reading {
  /** Undefined before it was read. */
  data: unknown;
  error: unknown;
  refetch: () => unknown;
}

interface FailureNoticesProps {
  of: readonly Reading[];
  /** What another part of the page says already to have failed; null: nothing. */
  told?: unknown;
  /** What other parts of the page show: of these, those that failed alike are asked for as well. */
  others?: readonly Reading[];
}

/** What went wrong with several things that were read, each failure once. Trying again asks for all that failed so. */
export function FailureNotices({ of, told = null, others = [] }: FailureNoticesProps) {
  const failed = of.filter(({ error }) => error !== null);
  const different = failed.filter(
    ({ error }, index) =>
      !(told !== null && isSameFailure(error, told)) &&
      failed.findIndex((other) => isSameFailure(other.error, error)) === index,
  );
  if (different.length === 0) return failed.some(({ data }) => data === undefined) ? <NotAvailable /> : null;
  return (
    <Stack gap="sm">
      {different.map(({ error }) => {
        const { title, text } = failureWords(error);
        const alike = [...failed, ...others].filter(
          (other) => other.error !== null && isSameFailure(other.error, error),
        );
        const retry = () => {
          for (const { refetch } of alike) refetch();
        };
        return <FailureNotice key={`${title} ${text}`} error={error} onRetry={retry} />;
      })}
    </Stack>
  );
}
