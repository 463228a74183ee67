import type { User } from 'firebase/auth';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { openedSignIn, openSignIn } from './open-sign-in.ts';

/** Who is signed in, as far as it is known. */
export type Session =
  | { status: 'loading' }
  /** Sign-in itself could not be opened. */
  | { status: 'failed'; error: unknown; retry: () => void }
  | { status: 'signed-out'; isLocal: boolean; signIn: () => Promise<unknown> }
  | {
      status: 'signed-in';
      user: User;
      isLocal: boolean;
      signInAgain: () => Promise<unknown>;
      signOut: () => Promise<void>;
    };

const SessionContext = createContext<Session>({ status: 'loading' });

export function useSession(): Session {
  return useContext(SessionContext);
}

/** Opens sign-in for what is inside; the rest of the site never loads it. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(openedSignIn);
  const [error, setError] = useState<unknown>();
  /** Undefined until Firebase has looked for a sign-in of an earlier visit. */
  const [user, setUser] = useState(() => openedSignIn()?.auth.currentUser);

  useEffect(() => {
    if (error === undefined) openSignIn().then(setOpened, setError);
  }, [error]);
  useEffect(() => opened?.auth.onAuthStateChanged(setUser), [opened]);

  return <SessionContext value={sessionOf()}>{children}</SessionContext>;

  function sessionOf(): Session {
    if (error !== undefined) return { status: 'failed', error, retry: () => setError(undefined) };
    if (opened === undefined || user === undefined) return { status: 'loading' };
    const { auth, isLocal, signIn, signInAgain } = opened;
    if (user === null) return { status: 'signed-out', isLocal, signIn };
    return {
      status: 'signed-in',
      user,
      isLocal,
      signInAgain: () => signInAgain(user),
      signOut: () => auth.signOut(),
    };
  }
}
