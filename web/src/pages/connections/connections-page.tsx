import { Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useConnections } from '../../api/connections.ts';
import { FailedPage } from '../../components/failed-page.tsx';
import { PageSkeleton } from '../../components/page-skeleton.tsx';
import { ConnectionCard } from './connection-card.tsx';

/** `/connections`: a person's ways to IBKR, what waits on each, and the way to stop them. */
export function ConnectionsPage() {
  useDocumentTitle('Connections · IBKR Gateway');
  const { data, error, refetch } = useConnections();
  if (data === undefined) {
    return error === null ? <PageSkeleton /> : <FailedPage error={error} onRetry={refetch} />;
  }
  return (
    <Stack gap="lg">
      <Title order={1}>Connections</Title>
      {data.length === 0 && <Text>You have no connection to Interactive Brokers yet.</Text>}
      {data.map((connection) => (
        <ConnectionCard key={connection.id} connection={connection} />
      ))}
    </Stack>
  );
}
