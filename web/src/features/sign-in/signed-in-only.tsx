import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Activity, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { ApiProvider, apiClient } from '../../api/client/api-client.ts';
import { newQueryClient } from '../../api/client/query-client.ts';
import { type Session, useSession } from '../../api/sign-in/session.tsx';
import { ConnectionLine } from '../../ui/notices/connection-line.tsx';
import { FailedPage } from '../../ui/pages/failed-page.tsx';
import { PageSkeleton } from '../../ui/pages/page-skeleton.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { SignInRequest } from './sign-in-request.ts';

type SignedIn = Extract<Session, { status: 'signed-in' }>;

/**
 * Its children for whoever is signed in, and for everybody else the way to sign in, at the same address. What was typed is
 * kept, out of sight, where a sign-in ended by itself, for the same person to go on with.
 */
export function SignedInOnly({ children }: { children: ReactNode }) {
  const session = useSession();
  const [ended, setEnded] = useState<SignedIn>();
  const isSignedIn = session.status === 'signed-in';
  // Who signs out later takes what they see with them.
  useLayoutEffect(() => {
    if (isSignedIn) setEnded(undefined);
  }, [isSignedIn]);
  useEffect(() => {
    if (session.status === 'signed-out' && ended === undefined) read = undefined;
  }, [session.status, ended]);
  const shown = isSignedIn ? session : ended;
  // What failed because of it is not shown until it has ended everywhere.
  const isEnding = isSignedIn && ended !== undefined;
  const end = (ended: SignedIn) => {
    setEnded(ended);
    ended.signOut().catch(() => setEnded(undefined));
  };
  return (
    <>
      {shown && (
        <Activity mode={isSignedIn && !isEnding ? 'visible' : 'hidden'}>
          <UserData key={shown.user.uid} session={shown} onSignedOut={() => end(shown)}>
            {children}
          </UserData>
        </Activity>
      )}
      {isEnding && <PageSkeleton />}
      {!isSignedIn && <SignInFirst session={session} hasEnded={ended !== undefined} />}
    </>
  );
}

interface SignInFirstProps {
  session: Exclude<Session, SignedIn>;
  hasEnded: boolean;
}

function SignInFirst({ session, hasEnded }: SignInFirstProps) {
  switch (session.status) {
    case 'loading':
      return <PageSkeleton />;
    case 'failed':
      return <FailedPage error={session.error} onRetry={session.retry} />;
    case 'signed-out':
      return <SignInPage isLocal={session.isLocal} signIn={session.signIn} hasEnded={hasEnded} />;
  }
}

interface UserDataProps {
  session: SignedIn;
  onSignedOut: () => void;
  children: ReactNode;
}

/** What the last user has read, for who goes to the public pages and comes back. */
let read: { uid: string; queries: QueryClient } | undefined;

function queriesOf(uid: string): QueryClient {
  if (read?.uid !== uid) read = { uid, queries: newQueryClient() };
  return read.queries;
}

/** Keyed by user, so that nothing one user has read is ever shown to another. */
function UserData({ session, onSignedOut, children }: UserDataProps) {
  const { user, isLocal, signInAgain } = session;
  const [isAskedAgain, setIsAskedAgain] = useState(false);
  const [again] = useState(() => new SignInRequest(setIsAskedAgain));
  const answerAgain = useCallback((isSignedIn: boolean) => again.answer(isSignedIn), [again]);
  const [queries] = useState(() => queriesOf(user.uid));
  // The same person may sign in anew while what they typed stays.
  const current = useRef({ user, onSignedOut });
  current.current = { user, onSignedOut };
  const [api] = useState(() =>
    apiClient(
      { getIdToken: () => current.current.user.getIdToken() },
      { onSignedOut: () => current.current.onSignedOut(), askToSignInAgain: () => again.ask() },
    ),
  );
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
