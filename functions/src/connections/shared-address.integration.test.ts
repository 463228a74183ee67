/** IBKR locks an address out, with everyone who uses it; instances find that out together, and nobody can make it up. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it, vi } from 'vitest';
import { getAccounts } from '../broker/accounts/accounts.ts';
import { OutgoingAddress } from '../broker/session/outgoing-address.ts';
import { addressPauses } from '../store/address-pauses.ts';
import { newSandbox, openConnection, type Sandbox } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';

let db: Firestore;
useServers((opened) => {
  db = opened;
});

const LIMITED = { kind: 'status', status: 429 };

/** Each of another owner, with a session that is open. */
async function people(address: OutgoingAddress, count: number, owner?: string): Promise<Sandbox[]> {
  const opened = Array.from({ length: count }, (_, index) =>
    newSandbox({ address, owner: owner ?? `owner-${index}` }),
  );
  await Promise.all(opened.map((person) => getAccounts(person.client())));
  return opened;
}

const newAddress = async (onPause?: (until: number) => void) => {
  await db.doc('deployment/addressPause').delete();
  return new OutgoingAddress(addressPauses(db), onPause);
};
const ask = async (person: Sandbox) =>
  person
    .client()
    .sessionReport()
    .then(
      () => 'answered',
      (error) => error.kind,
    );
const sentBy = async (person: Sandbox) => Object.values(await person.requests()).reduce((a, b) => a + b, 0);
async function refused(...those: Sandbox[]): Promise<void> {
  for (const person of those) {
    await person.fault(LIMITED);
    expect(await ask(person)).toBe('rate_limited');
  }
}

it('stops all who use an address from which three people were refused, in other instances too', async () => {
  const begun = vi.fn();
  const address = await newAddress(begun);
  const [one, two, three, other] = (await people(address, 4)) as [Sandbox, Sandbox, Sandbox, Sandbox];
  await refused(one, two);
  expect([address.pausedUntil, begun.mock.calls]).toEqual([0, []]);
  await refused(three);
  expect(begun.mock.calls).toEqual([[address.pausedUntil]]);
  const before = await sentBy(other);
  expect(await ask(other)).toBe('rate_limited');
  expect(await sentBy(other)).toBe(before);

  const elsewhere = new OutgoingAddress(addressPauses(db));
  const there = newSandbox({ address: elsewhere, owner: 'there' });
  elsewhere.look();
  await vi.waitFor(() => expect(elsewhere.pausedUntil).toBe(address.pausedUntil));
  expect(await ask(there)).toBe('rate_limited');
  expect(await sentBy(there)).toBe(0);
  // Who has an address of their own is not concerned.
  expect(await ask(newSandbox())).toBe('answered');
});

it('lets an instance go on that IBKR answers', async () => {
  const address = await newAddress();
  const [one, two, three, answered] = (await people(address, 4)) as [Sandbox, Sandbox, Sandbox, Sandbox];
  await refused(one, two);
  expect(await ask(answered)).toBe('answered');
  await refused(three);
  expect(address.pausedUntil).toBe(0);

  // It is told of what others met before.
  const stored = addressPauses(db);
  const read = vi.fn(stored.read);
  const elsewhere = new OutgoingAddress({ ...stored, read });
  elsewhere.noteAnswer(Date.now());
  await stored.write({ since: Date.now() - 1000, until: Date.now() + 60_000 });
  elsewhere.look();
  await Promise.all(read.mock.results.map(({ value }) => value));
  expect(elsewhere.pausedUntil).toBe(0);
});

it.each([
  ['of one person', async (address: OutgoingAddress) => people(address, 4, 'one')],
  [
    'to one login, whoever entered it',
    async (address: OutgoingAddress) => {
      const [first] = (await people(address, 1)) as [Sandbox];
      return [0, 1, 2, 3].map((index) => {
        const connection = openConnection(first.name, { address, owner: `thief-${index}` });
        return { ...first, connection, client: () => connection.client() };
      });
    },
  ],
])('is not stopped by refusals %s', async (_, make) => {
  const address = await newAddress();
  const [stranger] = (await people(address, 1, 'stranger')) as [Sandbox];
  const those = await make(address);
  for (const each of those) await getAccounts(each.client());
  await refused(...those);
  expect(address.pausedUntil).toBe(0);
  expect(await ask(stranger)).toBe('answered');
});
