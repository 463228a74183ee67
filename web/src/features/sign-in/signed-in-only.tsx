import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useCallback, useState } from 'react';
import { ApiProvider, apiClient } from '../../api/client/api-client.ts';
import { newQueryClient } from '../../api/client/query-client.ts';
import { type Session, useSession } from '../../api/sign-in/session.tsx';
import { ConnectionLine } from '../../ui/notices/connection-line.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { SignInRequest } from './sign-in-request.ts';

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
        <UserData key={session.user.uid} session={session} onSignedOut={end}>
          {children}
        </UserData>
      );
    }
  }
}

interface UserDataProps {
  session: Extract<Session, { status: 'signed-in' }>;
  onSignedOut: () => void;
  children: ReactNode;
}

/** Keyed by user, so that nothing one user has read is ever shown to another. */
function UserData({ session, onSignedOut, children }: UserDataProps) {
  const { user, isLocal, signInAgain } = session;
  const [isAskedAgain, setIsAskedAgain] = useState(false);
  const [again] = useState(() => new SignInRequest(setIsAskedAgain));
  const answerAgain = useCallback((isSignedIn: boolean) => again.answer(isSignedIn), [again]);
  const [queries] = useState(newQueryClient);
  const [api] = useState(() => apiClient(user, { onSignedOut, askToSignInAgain: () => again.ask() }));
  return (
    <ApiProvider value={api}>
      <QueryClientProvider client={queries}>
        <ConnectionLine />
        {children}
        <SignInAgain
          opened={isAskedAgain}
          email={user.email}
          isLocal={isLocal}
          signIn={signInAgain}
          onAnswer={answerAgain}
        />
      </QueryClientProvider>
    </ApiProvider>
  );
}
