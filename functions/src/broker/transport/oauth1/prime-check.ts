import { checkPrime } from 'node:crypto';
import { promisify } from 'node:util';
import { LRUCache } from 'lru-cache';

/** Forms are checked again and again while they are filled in. */
const known = new LRUCache<string, boolean>({ max: 500 });

const check: (number: Buffer) => Promise<boolean> = promisify(checkPrime);
let last: Promise<unknown> = Promise.resolve();

/**
 * Whether a number is a prime. It takes a tenth of a second at 2,048 bits on one of the few threads that resolve names
 * and read files for everybody, so that one number is looked at after the other.
 * @param signal Aborted when nobody waits for the answer any more; what has begun goes on.
 * @throws the reason of `signal`.
 */
export function isPrime(number: Buffer, signal?: AbortSignal): Promise<boolean> {
  const name = number.toString('base64');
  const answer = last.then(async () => {
    signal?.throwIfAborted();
    const isKnown = known.get(name) ?? (await check(number));
    known.set(name, isKnown);
    return isKnown;
  });
  last = answer.catch(() => {});
  return answer;
}
