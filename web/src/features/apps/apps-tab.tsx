import { Anchor, Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useApps } from '../../api/apps.ts';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { GoneElsewhere } from '../../ui/notices/gone-elsewhere.tsx';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { AppSection } from './app-section.tsx';

/** Use is noted once a minute. */
const READ_EVERY_MS = 30_000;

/** The AI hosts that may use a connection. */
export function AppsTab() {
  const { id, label } = useShownConnection();
  useDocumentTitle(`Connected apps · ${label} · IBKR Gateway`);
  const { data, error, refetch } = useApps(id, { everyMs: READ_EVERY_MS });
  if (data === undefined) {
    return error === null ? (
      <TableSkeleton rows={2} rowHeight={80} />
    ) : (
      <FailureNotice error={error} onRetry={refetch} />
    );
  }
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed" maw={560}>
        Hosts that you signed in to this connection. Each has a token of its own, which ends when you revoke
        it here.
      </Text>
      <GoneElsewhere
        items={data.map(({ grantId, clientName }) => ({ id: grantId, name: clientName }))}
        happened="has lost its access"
      />
      {data.length === 0 && (
        <Text>
          No host is connected yet.{' '}
          <Anchor component={Link} to="/connect" inherit underline="always">
            Connect one
          </Anchor>
        </Text>
      )}
      {data.map((app) => (
        <AppSection key={app.grantId} app={app} />
      ))}
    </Stack>
  );
}
