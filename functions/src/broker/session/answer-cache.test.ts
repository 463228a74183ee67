/** What connections may keep of what IBKR, or whoever stands in its place, answers them. */
import { expect, it } from 'vitest';
import { IbkrConnection } from './connection.ts';
import { inMemorySessionStore } from './session-store.ts';

const MIB = 1_048_576;
const HOUR = 3_600_000;

/** One that never asks. */
function newConnection(): IbkrConnection {
  const transport = { send: () => Promise.reject(new Error('not asked')), close: async () => {} };
  return new IbkrConnection({ transport, store: inMemorySessionStore() });
}

const search = (name: string) =>
  ({ method: 'GET', path: '/iserver/secdef/search', query: { name } }) as const;
const answer = (bytes: number) => ({ response: { status: 200, body: 'x'.repeat(bytes) }, at: Date.now() });

/** Has a connection keep answers of that size. */
function fill(connection: IbkrConnection, count: number, bytes: number): void {
  for (let i = 0; i < count; i += 1) connection.keep(search(String(i)), answer(bytes), HOUR);
}

/** The numbers of those that it still has. */
function keptOf(connection: IbkrConnection, count: number): number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return numbers.filter((i) => connection.kept(search(String(i)), 0) !== undefined);
}

it('keeps the newest answers of a connection, in a few MiB', async () => {
  const connection = newConnection();
  fill(connection, 70, MIB);
  const kept = keptOf(connection, 70);
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length * 2).toBeLessThanOrEqual(8);
  expect(kept.at(-1)).toBe(69);
  connection.keep(search('huge'), answer(8 * MIB), HOUR);
  expect(connection.kept(search('huge'), 0)).toBeUndefined();
  await connection.close();
  expect(keptOf(connection, 70)).toEqual([]);
});

it('keeps what others have when many keep much', async () => {
  const modest = newConnection();
  fill(modest, 10, 1_000);
  const greedy = Array.from({ length: 30 }, () => newConnection());
  for (const connection of greedy) fill(connection, 10, MIB);
  const counts = greedy.map((connection) => keptOf(connection, 10).length);
  const bytes = 2 * MIB * counts.reduce((sum, count) => sum + count, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(48 * MIB);
  expect(keptOf(modest, 10)).toHaveLength(10);
  for (const connection of [modest, ...greedy]) await connection.close();
});
