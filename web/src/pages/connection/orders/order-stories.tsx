import { Button, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderStory } from '../../../api/orders.ts';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { TableSkeleton } from '../../../components/table-skeleton.tsx';
import { OrderStoryRow } from './order-story-row.tsx';

const AT_ONCE = 20;

/** What was asked for, the newest first, each with its life to open. */
export function OrderStories({ stories }: { stories: UseQueryResult<OrderStory[]> }) {
  const [most, setMost] = useState(AT_ONCE);
  const { data, error, refetch } = stories;
  if (data === undefined) {
    return error === null ? <TableSkeleton rows={4} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No app has asked for an order on this connection.
      </Text>
    );
  }
  return (
    <Stack gap="sm" align="flex-start">
      <Stack gap={0} w="100%">
        {data.slice(0, most).map((story) => (
          <OrderStoryRow key={story.id} story={story} />
        ))}
      </Stack>
      {data.length > most && (
        <Button variant="default" size="xs" onClick={() => setMost(most + AT_ONCE)}>
          Show {Math.min(AT_ONCE, data.length - most)} more
        </Button>
      )}
    </Stack>
  );
}
