import { z } from 'zod';

const seen = z.object({ lockedOut: z.array(z.string()) });

/**
 * Ten failed sign-ins in a day lock a person out of IBKR for a day: nothing that the service does may come to that. A
 * test that wants a user who is locked has one made (`reachedMaxLogin`), which does not count.
 *
 * @throws {Error} naming the users of the simulated IBKR that were locked.
 */
export async function assertNobodyLockedOut(simulator: string): Promise<void> {
  const answer = await fetch(`http://${simulator}/sim/sign-ins`);
  const { lockedOut } = seen.parse(await answer.json());
  if (lockedOut.length > 0)
    throw new Error(`IBKR would have locked these users out: ${lockedOut.join(', ')}`);
}
