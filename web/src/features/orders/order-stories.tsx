import type { Intent } from '@ibkr-gateway/functions/contract/intent';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { InBatches } from '../../ui/lists/in-batches.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { useNow } from '../../ui/values/use-now.ts';
import { OrderStoryRow } from './order-story-row.tsx';

const AT_ONCE = 20;

interface OrderStoriesProps {
  stories: UseQueryResult<Intent[]>;
  /** What IBKR says of its orders, as far as it was asked. */
  live: readonly LiveOrder[];
}

/** What was asked for, the newest first, each with its life to open. */
export function OrderStories({ stories, live }: OrderStoriesProps) {
  const now = useNow();
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
    <InBatches items={data} size={AT_ONCE}>
      {(shown) =>
        shown.map((story) => (
          <OrderStoryRow
            key={story.id}
            story={story}
            live={live.find(({ order_id }) => order_id === story.ibkrOrderId)}
            now={now}
          />
        ))
      }
    </InBatches>
  );
}
