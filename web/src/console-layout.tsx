import { Button, Group, Text } from '@mantine/core';
import { Suspense } from 'react';
import { Outlet } from 'react-router';
import { PageSkeleton } from './components/page-skeleton.tsx';
import { PageFrame } from './page-frame.tsx';
import { SessionProvider, useSession } from './sign-in/session.tsx';
import { SignedInOnly } from './sign-in/signed-in-only.tsx';

/** The pages for people who are signed in. */
export function ConsoleLayout() {
  return (
    <SessionProvider>
      <PageFrame aside={<Account />}>
        <SignedInOnly>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </SignedInOnly>
      </PageFrame>
    </SessionProvider>
  );
}

function Account() {
  const session = useSession();
  if (session.status !== 'signed-in') return null;
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Text size="sm" c="dimmed" truncate title={session.user.email ?? undefined}>
        {session.user.email}
      </Text>
      <Button variant="default" size="xs" flex="none" onClick={() => session.signOut()}>
        Sign out
      </Button>
    </Group>
  );
}
