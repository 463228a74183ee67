/** Made once: to make one takes much longer than to use it. */
const CLOCKS = ['America/New_York', 'Europe/Zurich', 'Asia/Hong_Kong'].map(
  (timeZone) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }),
);

/**
 * Whether IBKR may be resetting sessions: some minutes at 00:00 or 01:00 (its pages differ) in the region that the
 * login is served from, which is not known here.
 */
export function isNightlyReset(now: Date): boolean {
  return CLOCKS.some((clock) => /^0[01]:[01]\d$/.test(clock.format(now)));
}
