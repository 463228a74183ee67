/** What the checks of primes that users enter cost everybody else. */
import { getDiffieHellman } from 'node:crypto';
import { promises as dns } from 'node:dns';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { oauthFaults } from '../oauth-credentials.ts';

const network = { localMode: false };
/** Primes of 2,048 bits, each for one test: what they are above the least number of that length. */
const ABOVE_LEAST = [1919, 2111, 2895, 5061, 6561, 6581, 7115, 10985, 11955, 12285, 13895, 14871];
const newPrime = () => (2n ** 2047n + BigInt(ABOVE_LEAST.pop() ?? 0)).toString(16);
const faultsOf = (dhPrime: string, signal?: AbortSignal) => oauthFaults({ dhPrime }, network, signal);

it('leaves the threads that resolve names to others', async () => {
  const primes = Array.from({ length: 8 }, newPrime);
  let checked = 0;
  const checks = primes.map(async (prime) => {
    expect(await faultsOf(prime)).toEqual(new Map());
    checked += 1;
  });
  await setImmediate();
  await dns.lookup('localhost');
  // With all of them begun at once, a thread would be free only when half of them are done.
  expect(checked).toBeLessThan(4);
  await Promise.all(checks);
  expect(checked).toBe(8);
});

it('gives up those that nobody waits for any more', async () => {
  const gone = new AbortController();
  const first = faultsOf(newPrime());
  const given = [newPrime(), newPrime()].map((prime) => faultsOf(prime, gone.signal));
  const last = faultsOf(newPrime());
  gone.abort(new Error('gone'));
  expect((await Promise.allSettled(given)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([await first, await last]).toEqual([new Map(), new Map()]);
});

it('looks at larger numbers not at all', async () => {
  const largest = getDiffieHellman('modp18').getPrime('hex');
  const faults = await Promise.all(Array.from({ length: 8 }, () => faultsOf(largest)));
  for (const found of faults) expect([...found.keys()]).toEqual(['dhPrime']);
});
