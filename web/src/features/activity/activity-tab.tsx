import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useCalls, useVerification } from '../../api/audit.ts';
import { usePublicConfig } from '../../api/config.ts';
import { countWords } from '../../format/count-words.ts';
import { OlderItems } from '../../ui/lists/older-items.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { CallFilters } from './call-filters.tsx';
import { CallRow } from './call-row.tsx';
import { ExportButton } from './export-button.tsx';
import { ExportRecords } from './export-records.tsx';
import { useCallFilter } from './use-call-filter.ts';
import { Verified, VerifyButton } from './verification.tsx';

/** What apps asked of the connection, and what they got. */
export function ActivityTab() {
  const { id, label } = useShownConnection();
  useDocumentTitle(`Activity · ${label} · IBKR Gateway`);
  const [chosen, change] = useCallFilter();
  const filter = { connectionId: id, ...chosen };
  const calls = useCalls(filter);
  const verification = useVerification(id);
  return (
    <Stack gap="md">
      <Group gap="sm" align="end">
        <CallFilters connectionId={id} filter={chosen} onChange={change} />
        <Group gap="sm" ml="auto">
          <Freshness queries={[calls]} />
          <VerifyButton verification={verification} />
          <ExportButton filter={filter} name={label} />
        </Group>
      </Group>
      <Verified verification={verification} />
      <Calls
        query={calls}
        isFiltered={Object.keys(chosen).length > 0}
        onClear={() => change({ outcome: '', tool: '', app: '' })}
      />
      <ExportRecords />
    </Stack>
  );
}

interface CallsProps {
  query: ReturnType<typeof useCalls>;
  isFiltered: boolean;
  onClear: () => void;
}

function Calls({ query, isFiltered, onClear }: CallsProps) {
  const { data, error, refetch, hasNextPage } = query;
  if (data === undefined) {
    return error === null ? <TableSkeleton rows={10} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  const calls = data.pages.flatMap(({ items }) => items);
  if (calls.length === 0) return isFiltered ? <NothingFits onClear={onClear} /> : <NothingYet />;
  return (
    <Stack gap="sm" align="flex-start">
      {!isFiltered &&
        !hasNextPage &&
        calls.every(({ source }) => source === 'console' || source === 'schedule') && <NothingYet />}
      <Stack gap={0} w="100%" component="section" aria-label="Calls">
        {calls.map((call) => (
          <CallRow key={call.id} call={call} />
        ))}
      </Stack>
      <OlderItems query={query}>Show older calls</OlderItems>
      <Kept />
    </Stack>
  );
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
