import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useConnections } from '../../../api/connections.ts';
import { FailedPage } from '../../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../../ui/pages/page-skeleton.tsx';
import { ConnectionCard } from './connection-card.tsx';

/** `/connections`: a person's ways to IBKR, what waits on each, and the way to stop them. */
export function ConnectionsPage() {
  useDocumentTitle('Connections · IBKR Gateway');
  const { data, error, refetch, dataUpdatedAt } = useConnections();
  if (data === undefined) {
    return error === null ? <PageSkeleton /> : <FailedPage error={error} onRetry={refetch} />;
  }
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1}>Connections</Title>
        {data.length > 0 && (
          <Button component={Link} to="/connections/new">
            Add a connection
          </Button>
        )}
      </Group>
      {data.length === 0 && <NoConnection />}
      {data.map((connection) => (
        <ConnectionCard key={connection.id} connection={connection} readAt={dataUpdatedAt} />
      ))}
    </Stack>
  );
}

function NoConnection() {
  return (
    <Paper withBorder p="xl">
      <Stack align="flex-start" gap="md">
        <Title order={2} size="h3">
          No connection yet
        </Title>
        <Text>
          A connection is one way to one IBKR login. Hosts and API keys use it to read the account and, where
          you let them, to trade. A simulated account takes one click and nothing to set up.
        </Text>
        <Button component={Link} to="/connections/new">
          Add a connection
        </Button>
      </Stack>
    </Paper>
  );
}
