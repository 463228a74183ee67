import type { ConsentRequest } from '@ibkr-gateway/functions/contract/access/consent';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useSession } from '../../api/sign-in/session.tsx';
import { Notice } from '../../ui/notices/notice.tsx';

/** Who asks, how far that is certain, and who is about to answer. */
export function Requester({ client }: { client: ConsentRequest['client'] }) {
  const { name, host, verified, redirectHost, isLocalApp } = client;
  return (
    <Stack gap="sm">
      {verified && host !== null && !isLocalApp ? (
        <Notice tone="good" title={`Verified: this is an app of ${host}`}>
          <Text size="sm">Its answer goes to {redirectHost}.</Text>
        </Notice>
      ) : (
        <Notice tone="caution" title={isLocalApp ? 'An app on this computer asks' : 'Not verified'}>
          <Text size="sm">
            {isLocalApp
              ? `Any program on this computer can call itself ${name}${host === null ? '' : `, also with the details of ${host}`}. Its answer goes to ${redirectHost.endsWith(':') ? `whichever app opens addresses that begin with ${redirectHost}` : 'a program on this computer'}. Allow it only if you have just started to connect it yourself.`
              : `It calls itself ${name}, which proves nothing. Its answer goes to ${redirectHost}: allow it only if you know that address and have just come from there.`}
          </Text>
        </Notice>
      )}
      <SignedInAs />
    </Stack>
  );
}

function SignedInAs() {
  const session = useSession();
  if (session.status !== 'signed-in') return null;
  return (
    <Group gap="xs">
      <Text size="sm">
        Signed in as <b>{session.user.email}</b>
      </Text>
      <Button variant="subtle" size="compact-sm" onClick={() => session.signOut()}>
        Not you?
      </Button>
    </Group>
  );
}
