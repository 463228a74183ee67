/** Made once, when it is first asked for: to make one takes much longer than to use it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** The weekday, hour and minute there, such as `Fri 23:05`. */
function timeIn(timeZone: 'America/New_York' | 'Europe/Zurich' | 'Asia/Hong_Kong', now: Date): string {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    clocks.set(timeZone, clock);
  }
  return clock.format(now);
}

/**
 * Whether IBKR may be resetting sessions: some minutes at 00:00 or 01:00 (its pages differ) in the region that the
 * login is served from, which is not known here.
 */
export function isNightlyReset(now: Date): boolean {
  const regions = ['America/New_York', 'Europe/Zurich', 'Asia/Hong_Kong'] as const;
  return regions.some((region) => / 0[01]:[01]\d$/.test(timeIn(region, now)));
}

/**
 * Whether IBKR may be at its maintenance, by its page "System Status": from 00:15 to 01:45 in New York and from 06:25 to 07:45
 * in Zurich, and from 23:00 on Fridays to 03:00 on Saturdays in New York for all regions; from midnight in New York on, when
 * it ends sessions. Its hours for Asia (04:45 to 06:05 and 20:15 to 21:15 in Hong Kong) are left out: it is not known whom they
 * concern, and they are the last quarter of an hour on the exchanges of New York, and the hour before they open.
 */
export function isMaintenance(now: Date): boolean {
  const inNewYork = timeIn('America/New_York', now);
  const inZurich = timeIn('Europe/Zurich', now);
  return (
    /^(Fri,? 23|Sat,? 0[012]):/.test(inNewYork) ||
    / (00:\d\d|01:([0-3]\d|4[0-4]))$/.test(inNewYork) ||
    / (06:(2[5-9]|[3-5]\d)|07:([0-3]\d|4[0-4]))$/.test(inZurich)
  );
}
