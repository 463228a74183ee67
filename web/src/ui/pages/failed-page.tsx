import { Button, Stack, Text, Title } from '@mantine/core';
import { failureWords, mayHelpToRetry } from '../../format/words/failure-words.ts';

interface FailedPageProps {
  /** Whatever was thrown. */
  error: unknown;
  headingOrder?: 1 | 2;
  onRetry?: () => void;
}

/** Instead of a page that could not be loaded. */
export function FailedPage({ error, headingOrder = 1, onRetry }: FailedPageProps) {
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
