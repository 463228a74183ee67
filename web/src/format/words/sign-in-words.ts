/** What signing in is called, and what it means, on one's own machine and elsewhere. */
export function signInWords(isLocal: boolean): { action: string; meaning: string } {
  return isLocal
    ? {
        action: 'Continue as the demo user',
        meaning:
          'This gateway runs on your own machine. The demo user is demo@example.com, has a simulated account, and needs no password.',
      }
    : {
        action: 'Continue with Google',
        meaning: 'The gateway learns your name and email address from Google, and nothing else.',
      };
}

/** Of an app whose name is not known yet. */
export const SOMEBODY_ASKS = 'An app asks for access to your account. Sign in to answer it.';
