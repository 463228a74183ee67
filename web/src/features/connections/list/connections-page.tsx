import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from 'react-router';
import { useConnections } from '../../../api/connections.ts';
import { useGlance } from '../../../api/glance.ts';
import { useAllWaitingOrders } from '../../../api/intents.ts';
import { isFound } from '../../../format/search-words.ts';
import { countWords } from '../../../format/words/count-words.ts';
import { KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { FailureNotices } from '../../../ui/notices/failure-notice.tsx';
import { AtLowerEdge } from '../../../ui/notices/in-place.tsx';
import { FailedPage } from '../../../ui/pages/failed-page.tsx';
import { useKept } from '../../../ui/pages/kept.ts';
import { PageSkeleton } from '../../../ui/pages/page-skeleton.tsx';
import { ConnectionCard } from './connection-card.tsx';
import classes from './connections-page.module.css';
import { FirstSteps } from './first-steps.tsx';

/** With fewer, all are seen at once. */
const SEARCHED_FROM = 5;
/** Here one watches for them. */
const WAITING_EVERY_MS = 15_000;

/** `/connections`: all of a person's ways to IBKR at a glance, what waits on each, and the way to stop them. */
export function ConnectionsPage() {
  useDocumentTitle('Connections · IBKR Gateway');
  const { data, error, refetch, dataUpdatedAt } = useConnections();
  const glance = useGlance();
  const waiting = useAllWaitingOrders({ everyMs: WAITING_EVERY_MS });
  const [search, setSearch] = useKept('search', '');
  if (data === undefined) {
    return error === null ? (
      <PageSkeleton />
    ) : (
      <FailedPage title="Connections" error={error} onRetry={refetch} />
    );
  }
  const [first] = data;
  const shown = data.filter(({ id, label, kind, mode, accounts }) => {
    const apps = glance.data?.get(id)?.apps.map((app) => app.label) ?? [];
    return isFound(search, [label, KINDS[kind].label, mode, ...accounts, ...apps]);
  });
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={1}>Connections</Title>
        {data.length > 0 && (
          <Button component={Link} to="/connections/new">
            Add a connection
          </Button>
        )}
      </Group>
      {data.length === 0 && <NoConnection />}
      {data.length >= SEARCHED_FROM && (
        <Group gap="sm">
          {/* Plain, since this is the first page that everybody loads. */}
          <input
            type="search"
            className={classes.search}
            aria-label="Search connections"
            placeholder="Name, account or app"
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          />
          <Text size="sm" c="dimmed" role="status">
            {shown.length === data.length
              ? countWords(data.length, 'connection')
              : `${shown.length} of ${countWords(data.length, 'connection')}`}
          </Text>
        </Group>
      )}
      {shown.map((connection) => (
        <ConnectionCard
          key={connection.id}
          connection={connection}
          readAt={dataUpdatedAt}
          glance={glance.data?.get(connection.id) ?? (glance.error === null ? undefined : null)}
          waiting={waiting.data?.filter(({ connectionId }) => connectionId === connection.id)}
        />
      ))}
      {/* Below: they come late, and would push down what is there. */}
      {first !== undefined && glance.data !== undefined && (
        <FirstSteps connection={first} glance={glance.data} />
      )}
      <AtLowerEdge>
        <FailureNotices of={[glance, waiting]} />
      </AtLowerEdge>
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
