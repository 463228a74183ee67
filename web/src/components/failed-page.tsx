import { Button, Stack, Text, Title } from '@mantine/core';
import { failureWords } from '../api/failure-words.ts';

interface FailedPageProps {
  /** Whatever was thrown. */
  error: unknown;
  onRetry: () => void;
}

/** Instead of a page that could not be loaded. */
export function FailedPage({ error, onRetry }: FailedPageProps) {
  const { title, text } = failureWords(error);
  return (
    <Stack role="alert" gap="lg" align="flex-start">
      <Title order={1}>{title}</Title>
      <Text>{text}</Text>
      <Button size="md" onClick={onRetry}>
        Try again
      </Button>
    </Stack>
  );
}
