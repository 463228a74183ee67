import { Checkbox, Group, SegmentedControl, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useCalls, useNewCalls, useUsage, useVerification } from '../../api/activity/audit.ts';
import { Freshness } from '../../ui/notices/freshness.tsx';
import { useKept } from '../../ui/pages/kept.ts';
import { lazyPage } from '../../ui/pages/lazy-page.ts';
import { PageBoundary } from '../../ui/pages/page-boundary.tsx';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { CallFilters, CallSearch } from './call-filters.tsx';
import { CallList } from './call-list.tsx';
import { ExportButton } from './export-button.tsx';
import { ExportRecords } from './export-records.tsx';
import { NO_FILTER, useCallFilter } from './use-call-filter.ts';
import { Verified, VerifyButton } from './verification.tsx';

const UsageView = lazyPage(() => import('./usage-view.tsx'), 'UsageView');

/** What apps asked of the connection, what they got, and how much that was. */
export function ActivityTab() {
  const { id, label } = useShownConnection();
  useDocumentTitle(`Activity · ${label} · IBKR Gateway`);
  const [{ view, ...chosen }, change] = useCallFilter();
  const isUsage = view === 'usage';
  const filter = { connectionId: id, ...chosen };
  const calls = useCalls(filter, !isUsage);
  const usage = useUsage(filter, isUsage);
  const [isLive, setIsLive] = useKept('live', false);
  // A range that is over gets no new calls.
  const mayGrow = !isUsage && chosen.to === undefined;
  const list = { newestAt: calls.data?.pages[0]?.items[0]?.at, readAt: calls.dataUpdatedAt };
  const fresh = useNewCalls(filter, list, isLive && mayGrow && calls.data !== undefined);
  const verification = useVerification(id);
  return (
    <Stack gap="md">
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="View"
          transitionDuration={0}
          data={['Calls', 'Usage']}
          value={isUsage ? 'Usage' : 'Calls'}
          onChange={(name) => change({ view: name === 'Usage' ? 'usage' : '' })}
        />
        <CallFilters connectionId={id} filter={chosen} onChange={change} />
        {!isUsage && <CallSearch filter={chosen} onChange={change} />}
      </Group>
      <Group gap="sm">
        {mayGrow && (
          <Checkbox
            size="xs"
            label="Show new calls as they come"
            checked={isLive}
            onChange={({ currentTarget }) => setIsLive(currentTarget.checked)}
          />
        )}
        <Group gap="sm" ml="auto" justify="flex-end">
          <Freshness queries={[isUsage ? usage : isLive && fresh.data !== undefined ? fresh : calls]} />
          {!isUsage && (
            <>
              <VerifyButton verification={verification} />
              <ExportButton filter={filter} name={label} />
            </>
          )}
        </Group>
      </Group>
      <Verified verification={verification} />
      {isUsage ? (
        <PageBoundary headingOrder={2}>
          <UsageView usage={usage} onChoose={(changes) => change({ ...changes, view: '' })} />
        </PageBoundary>
      ) : (
        <CallList
          query={calls}
          fresh={fresh.data?.calls ?? []}
          filter={chosen}
          onClear={() => change(NO_FILTER)}
        />
      )}
      {/* What comes above it would push it down. */}
      {!(isUsage ? usage : calls).isPending && <ExportRecords />}
    </Stack>
  );
}
