/**
 * Hosts refresh from several processes at once, with one token. Within a short while each of them gets tokens of its
 * own; a token that comes back later, or too often, was stolen or lost track of, and ends its grant.
 */
export const GRACE_MS = 45_000;
const MOST_USES = 10;

/** Whether a refresh token that was used up `uses` times, first at `firstAt`, may be used up once more. */
export function isWithinGrace(use: { uses: number; firstAt: Date }, now: Date): boolean {
  return use.uses < MOST_USES && now.getTime() - use.firstAt.getTime() < GRACE_MS;
}
