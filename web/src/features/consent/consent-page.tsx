import { Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useParams } from 'react-router';
import { useConnections } from '../../api/connections.ts';
import { isOver, useConsentRequest } from '../../api/consent.ts';
import { useSession } from '../../api/sign-in/session.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { ConsentForm } from './consent-form.tsx';

/** `/consent/:uid`: which connection a host may use, and whether it may trade. */
export function ConsentPage() {
  useDocumentTitle('Give an app access · IBKR Gateway');
  const { uid = '' } = useParams();
  const request = useConsentRequest(uid);
  const connections = useConnections();
  const session = useSession();

  if (isOver(request.error)) return <RequestIsOver />;
  if (request.data && connections.data && session.status === 'signed-in') {
    const userId = session.user.uid;
    return <ConsentForm uid={uid} userId={userId} request={request.data} connections={connections.data} />;
  }
  const failed = [request, connections].find(({ error }) => error !== null);
  if (failed === undefined) return <PageSkeleton />;
  const retry = () => {
    request.refetch();
    connections.refetch();
  };
  return <FailedPage title="Give an app access" error={failed.error} onRetry={retry} />;
}

/** The host has to ask anew: its own page waits for an answer to a request that is gone. */
function RequestIsOver() {
  return (
    <Stack gap="lg">
      <Title order={1}>This request is over</Title>
      <Text>
        It was answered already, it is older than ten minutes, or it was begun in another browser. What an app
        may use is listed under the connected apps of each connection.
      </Text>
      <Text>Go back to the app that sent you here and connect once more.</Text>
    </Stack>
  );
}
