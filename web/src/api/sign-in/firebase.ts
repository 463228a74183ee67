/** Firebase Auth. A large library: import this file only where somebody may sign in. */
import type { PublicConfig } from '@ibkr-gateway/functions/contract/site';
import { initializeApp } from 'firebase/app';
import {
  type Auth,
  browserLocalPersistence,
  browserPopupRedirectResolver,
  connectAuthEmulator,
  GoogleAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  reauthenticateWithCredential,
  reauthenticateWithPopup,
  signInWithCredential,
  signInWithPopup,
  type User,
} from 'firebase/auth';
import { ConsoleError } from '../client/console-error.ts';

/** Signing in at this deployment. */
export interface SignIn {
  auth: Auth;
  /** Whether nobody but the demo user can sign in, since the emulator stands in for Google. */
  isLocal: boolean;
  signIn(): Promise<unknown>;
  /** Has somebody who is signed in prove it once more; what they do next counts as done soon after a sign-in. */
  signInAgain(user: User): Promise<unknown>;
}

/** The Google identity of the demo user; the emulator believes whatever it is told. */
const DEMO_IDENTITY = { sub: 'demo-google-id', email: 'demo@example.com', email_verified: true };

/** @throws {ConsoleError} when the deployment has no web API key. */
export function openFirebase({ projectId, apiKey, authDomain, authEmulator }: PublicConfig): SignIn {
  if (apiKey === null) throw new ConsoleError('sign_in_not_set_up');
  const persistence = [indexedDBLocalPersistence, browserLocalPersistence];
  const app = initializeApp({ projectId, apiKey, authDomain });
  if (authEmulator === null) {
    const auth = initializeAuth(app, { persistence, popupRedirectResolver: browserPopupRedirectResolver });
    return {
      auth,
      isLocal: false,
      signIn: () => signInWithPopup(auth, new GoogleAuthProvider()),
      signInAgain: (user) => reauthenticateWithPopup(user, askedAgain(user)),
    };
  }
  // Without the resolver, which would load a frame from Google on phones.
  const auth = initializeAuth(app, { persistence });
  connectAuthEmulator(auth, authEmulator, { disableWarnings: true });
  const demoUser = GoogleAuthProvider.credential(JSON.stringify(DEMO_IDENTITY));
  return {
    auth,
    isLocal: true,
    signIn: () => signInWithCredential(auth, demoUser),
    signInAgain: (user) => reauthenticateWithCredential(user, demoUser),
  };
}

/** Google, which shall ask although its own page knows who is there. */
function askedAgain({ email }: User): GoogleAuthProvider {
  const google = new GoogleAuthProvider();
  google.setCustomParameters({ prompt: 'select_account', ...(email !== null && { login_hint: email }) });
  return google;
}
