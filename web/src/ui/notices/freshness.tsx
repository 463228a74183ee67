import { Group, Text } from '@mantine/core';
import { timeOfDay } from '../../format/numbers.ts';
import { ActionButton } from '../forms/action-button.tsx';
import { Moment } from '../values/moment.tsx';

interface Reading {
  /** In ms since 1970; 0 before it was read. */
  dataUpdatedAt: number;
  isFetching: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** Of what a page shows, when the oldest part of it was read, and a button that reads it again. */
export function Freshness({ queries }: { queries: readonly Reading[] }) {
  const oldest = Math.min(...queries.map(({ dataUpdatedAt }) => dataUpdatedAt));
  const isFetching = queries.some((query) => query.isFetching);
  const hasFailed = queries.some(({ error }) => error !== null);
  const refresh = () => {
    for (const query of queries) query.refetch();
  };
  return (
    <Group gap="xs" ml="auto">
      {oldest > 0 ? (
        <Text size="sm" c="dimmed">
          {hasFailed ? 'Could not be read again: as of' : 'As of'}{' '}
          <Moment iso={new Date(oldest).toISOString()}>{timeOfDay(oldest)}</Moment>
        </Text>
      ) : (
        // Its place is kept: on a narrow screen the words would begin a line, and push down the page.
        <Text size="sm" aria-hidden style={{ visibility: 'hidden' }}>
          As of {timeOfDay(Date.now())}
        </Text>
      )}
      <ActionButton variant="default" size="xs" onClick={refresh} disabled={isFetching}>
        Refresh
      </ActionButton>
    </Group>
  );
}
