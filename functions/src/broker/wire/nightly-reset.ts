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

const NEW_YORK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/**
 * Whether IBKR may be at its weekly maintenance: from 23:00 on Fridays to 03:00 on Saturdays in New York, in all regions
 * (its page "System Status").
 */
export function isWeekendMaintenance(now: Date): boolean {
  return /^(Fri,? 23|Sat,? 0[012]):/.test(NEW_YORK.format(now));
}
