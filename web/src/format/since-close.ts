/** Percent of what an account was worth before it gained `gain`; null when that was nothing or is not known. */
export function sinceClose(gain: number | null, worth: number | null): number | null {
  if (gain === null || worth === null) return null;
  const before = worth - gain;
  return before > 0 ? (100 * gain) / before : null;
}
