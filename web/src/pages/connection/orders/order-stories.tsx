import type { Intent } from '@ibkr-gateway/functions/contract/intent';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { InBatches } from '../../../components/in-batches.tsx';
import { TableSkeleton } from '../../../components/table-skeleton.tsx';
import { useNow } from '../../../components/use-now.ts';
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
