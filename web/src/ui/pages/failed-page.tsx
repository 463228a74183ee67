import { Button, Stack, Text, Title } from '@mantine/core';
import { failureWords, mayHelpToRetry } from '../../format/words/failure-words.ts';
import { FailureNotice } from '../notices/failure-notice.tsx';

interface FailedPageProps {
  /** What the page is called, where that is known; else what went wrong is its heading. */
  title?: string;
  /** Whatever was thrown. */
  error: unknown;
  headingOrder?: 1 | 2;
  onRetry?: () => void;
}

/** Instead of a page that could not be loaded. */
export function FailedPage({ title: name, error, headingOrder = 1, onRetry }: FailedPageProps) {
  if (name !== undefined) {
    return (
      <Stack gap="lg">
        <Title order={headingOrder}>{name}</Title>
        <FailureNotice error={error} {...(onRetry && { onRetry })} />
      </Stack>
    );
  }
  const { title, text } = failureWords(error);
  return (
    <Stack role="alert" gap="lg" align="flex-start">
      <Title order={headingOrder} {...(headingOrder === 2 && { size: 'h3' })}>
        {title}
      </Title>
      <Text>{text}</Text>
      {onRetry && mayHelpToRetry(error) && (
        <Button size="md" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Stack>
  );
}
