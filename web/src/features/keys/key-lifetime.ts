const DAY_MS = 86_400_000;

/** How long a key may be used, as one chooses it. */
export const LIFETIMES = [
  { value: '1', label: '1 day' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'date', label: 'On a date you choose' },
  { value: 'none', label: 'No expiry' },
];

/** When a key ends: after so many days, or at a time by the reader's clock. */
export function endOf(lifetime: string, expiresOn: string): Date {
  return lifetime === 'date' ? new Date(expiresOn) : new Date(Date.now() + Number(lifetime) * DAY_MS);
}

/** Of a time as the field has it, by the reader's clock; false for what is none. */
export function isToCome(time: string): boolean {
  return Date.parse(time) > Date.now();
}
