import { Button, Text } from '@mantine/core';
import { useSession } from '../../api/session.tsx';
import { Notice } from '../../ui/notices/notice.tsx';

/** To let a host trade, a sign-in has to be recent. */
export function SignInAgain() {
  const session = useSession();
  return (
    <Notice role="alert" tone="caution" title="Sign in once more to allow orders">
      <Text size="sm">
        Your last sign-in is more than five minutes ago. You come back to this page, with what you chose.
      </Text>
      {session.status === 'signed-in' && (
        <Button variant="default" mt="sm" onClick={() => session.signOut()}>
          Sign in again
        </Button>
      )}
    </Notice>
  );
}
