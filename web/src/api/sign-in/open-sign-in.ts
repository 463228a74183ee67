import type { SignIn } from './firebase.ts';
import { fetchConfig } from './public-config.ts';

const TIMEOUT_MS = 20_000;

let opening: Promise<SignIn> | undefined;
let opened: SignIn | undefined;

/** Opened once for the whole visit; what failed may be tried again. */
export function openSignIn(): Promise<SignIn> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** Who can be told at once who is signed in; undefined until that is known. */
export function openedSignIn(): SignIn | undefined {
  return opened;
}

/** Opens sign-in for whoever asks for it next, and is told then what went wrong. */
export function prepareSignIn(): void {
  openSignIn().catch(() => undefined);
}

async function open(): Promise<SignIn> {
  const [config, { openFirebase }] = await Promise.all([
    fetchConfig(AbortSignal.timeout(TIMEOUT_MS)),
    import('./firebase.ts'),
  ]);
  const signIn = openFirebase(config);
  signIn.auth.authStateReady().then(() => {
    opened = signIn;
  });
  return signIn;
}
