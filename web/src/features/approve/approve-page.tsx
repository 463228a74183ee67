import { Anchor, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link, useParams } from 'react-router';
import { useConnections } from '../../api/connections.ts';
import { useIntent } from '../../api/intents.ts';
import { isNotFound } from '../../format/words/failure-words.ts';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { ApproveOrder } from './approve-order.tsx';

/** `/approve/:intentId`: one order, for its owner to say yes or no to, or to see what became of it. */
export function ApprovePage() {
  const { intentId = '' } = useParams();
  const intent = useIntent(intentId);
  useDocumentTitle(`${isNotFound(intent.error) ? 'Order not found' : 'Approve an order'} · IBKR Gateway`);
  const connections = useConnections();
  const connection = connections.data?.find(({ id }) => id === intent.data?.connectionId);

  if (isNotFound(intent.error)) return <NoSuchOrder />;
  if (intent.data && connection) {
    return <ApproveOrder intent={intent.data} readAt={intent.dataUpdatedAt} connection={connection} />;
  }
  const failed = [intent, connections].find(({ error }) => error !== null);
  if (failed === undefined) return <PageSkeleton />;
  const retry = () => {
    intent.refetch();
    connections.refetch();
  };
  return <FailedPage title="Approve an order" error={failed.error} onRetry={retry} />;
}

function NoSuchOrder() {
  return (
    <Stack gap="lg">
      <Title order={1}>Order not found</Title>
      <Text>
        There is no order at this address that is yours. Check that the link is complete, and that you are
        signed in as the person whose account the order is for.
      </Text>
      <Anchor component={Link} to="/connections">
        See your connections
      </Anchor>
    </Stack>
  );
}
