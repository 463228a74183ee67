import type { Call } from '@ibkr-gateway/functions/contract/audit';
import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { mergedCalls, type useCalls } from '../../api/activity/audit.ts';
import { usePublicConfig } from '../../api/config.ts';
import { dateAndSecond, number } from '../../format/numbers.ts';
import { countWords } from '../../format/words/count-words.ts';
import { OlderItems } from '../../ui/lists/older-items.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { CallRow } from './call-row.tsx';
import type { ChosenFilter } from './use-call-filter.ts';

/** A search goes on by itself until it has found so many, or looked through so many. */
const ENOUGH_FOUND = 50;
const MOST_SEARCHED = 10_000;

interface CallListProps {
  query: ReturnType<typeof useCalls>;
  /** Calls that came since it was read. */
  fresh: readonly Call[];
  filter: ChosenFilter;
  onClear: () => void;
}

/** The calls that fit, the newest first, and how far a search for them looked. */
export function CallList({ query, fresh, filter, onClear }: CallListProps) {
  const { data, error, refetch, hasNextPage } = query;
  const searched = useSearch(query);
  if (data === undefined) {
    return error === null ? <TableSkeleton rows={10} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  const calls = mergedCalls(fresh, ...data.pages.map(({ items }) => items));
  const isFiltered = Object.keys(filter).length > 0;
  const isNothing = calls.length === 0 && !hasNextPage;
  if (isNothing && !isFiltered) return <NothingYet />;
  return (
    <Stack gap="sm" align="flex-start">
      {isNothing && <NothingFits onClear={onClear} />}
      {!isFiltered &&
        !hasNextPage &&
        calls.every(({ source }) => source === 'console' || source === 'schedule') && <NothingYet />}
      <Stack gap={0} w="100%" component="section" aria-label="Calls">
        {calls.map((call) => (
          <CallRow key={call.id} call={call} />
        ))}
      </Stack>
      {searched !== null && (
        <Text size="sm" c="dimmed" role="status">
          Searched {number(searched.calls)} {searched.calls === 1 ? 'call' : 'calls'}
          {hasNextPage && searched.since !== null && `, back to ${dateAndSecond(searched.since)}`}.
        </Text>
      )}
      <OlderItems name={`calls ${JSON.stringify(filter)}`} query={query}>
        {searched === null ? 'Show older calls' : 'Search older calls'}
      </OlderItems>
      <Kept />
    </Stack>
  );
}

/** Has a search go on while it found little. @returns how far it came; null where nothing has to be searched. */
function useSearch({ data, hasNextPage, isFetching, error, fetchNextPage }: CallListProps['query']) {
  const pages = data?.pages ?? [];
  const found = pages.reduce((sum, { items }) => sum + items.length, 0);
  const calls = pages.reduce((sum, { searched }) => sum + (searched?.calls ?? 0), 0);
  const last = pages.at(-1)?.searched ?? null;
  const goesOn =
    last !== null && hasNextPage && error === null && found < ENOUGH_FOUND && calls < MOST_SEARCHED;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return last && { calls, since: last.since };
}

function Kept() {
  const days = usePublicConfig()?.auditDays;
  if (days === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      Calls are kept for {countWords(days, 'day')}.
    </Text>
  );
}

function NothingFits({ onClear }: { onClear: () => void }) {
  const days = usePublicConfig()?.auditDays;
  const when = days === undefined ? '' : ` of the last ${countWords(days, 'day')}`;
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">No call{when} fits this filter.</Text>
      <Button variant="default" size="xs" onClick={onClear}>
        Show all calls
      </Button>
    </Stack>
  );
}

function NothingYet() {
  const days = usePublicConfig()?.auditDays;
  const when = days === undefined ? '' : ` in the last ${countWords(days, 'day')}`;
  return (
    <Text size="sm">
      No app has called this connection{when}.{' '}
      <Anchor component={Link} to="/connect" inherit>
        Connect a host
      </Anchor>{' '}
      to begin.
    </Text>
  );
}
