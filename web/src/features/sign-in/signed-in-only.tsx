import { QueryClientProvider } from '@tanstack/react-query';
import type { User } from 'firebase/auth';
import { type ReactNode, useState } from 'react';
import { ApiProvider, apiClient } from '../../api/api-client.ts';
import { newQueryClient } from '../../api/query-client.ts';
import { useSession } from '../../api/session.tsx';
import { ConnectionLine } from '../../ui/notices/connection-line.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { SignInPage } from './sign-in-page.tsx';

/** Its children for whoever is signed in, and for everybody else the way to sign in, at the same address. */
export function SignedInOnly({ children }: { children: ReactNode }) {
  const session = useSession();
  const [hasEnded, setHasEnded] = useState(false);
  switch (session.status) {
    case 'loading':
      return <PageSkeleton />;
    case 'failed':
      return <FailedPage error={session.error} onRetry={session.retry} />;
    case 'signed-out': {
      const signIn = () => {
        setHasEnded(false);
        return session.signIn();
      };
      return <SignInPage isLocal={session.isLocal} signIn={signIn} hasEnded={hasEnded} />;
    }
    case 'signed-in': {
      const end = () => {
        setHasEnded(true);
        session.signOut();
      };
      return (
        <UserData key={session.user.uid} user={session.user} onSignedOut={end}>
          {children}
        </UserData>
      );
    }
  }
}

interface UserDataProps {
  user: User;
  onSignedOut: () => void;
  children: ReactNode;
}

/** Keyed by user, so that nothing one user has read is ever shown to another. */
function UserData({ user, onSignedOut, children }: UserDataProps) {
  const [queries] = useState(newQueryClient);
  const [api] = useState(() => apiClient(user, onSignedOut));
  return (
    <ApiProvider value={api}>
      <QueryClientProvider client={queries}>
        <ConnectionLine />
        {children}
      </QueryClientProvider>
    </ApiProvider>
  );
}
