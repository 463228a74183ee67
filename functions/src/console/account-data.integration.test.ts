/** A person's download: every record of theirs, and none of anybody else. */
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { dataPage } from '../contract/account.ts';
import { newEmailTarget } from '../notifications/kinds/email.ts';
import { findConnection } from '../store/connections.ts';
import { createChannel } from '../store/news/channels.ts';
import { ACCOUNT, api, db, makePerson, storeCall, usePeople, vault } from '../testing/people/people.ts';

usePeople();

it('has every record of the person, in pages, and nothing sealed or of anybody else', async () => {
  const jane = await makePerson('jane');
  const toms = await makePerson('tom');
  const own = await db.collection('connections').where('ownerUid', '==', 'jane').get();
  const some = own.docs[0];
  if (some === undefined) throw new Error('There is one.');
  const connection = await findConnection(db, 'jane', some.id);
  const mails = { ownerUid: 'jane', kind: 'email', label: 'Mail', connectionId: null, types: null } as const;
  const target = newEmailTarget('jane@mail.example.com');
  await createChannel(db, vault, mails, target);
  // More than a page.
  for (let i = 0; i < 120; i += 1) if (connection !== null) await storeCall(connection);
  const pages: z.output<typeof dataPage>[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null) {
    const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    pages.push(dataPage.parse((await api('jane', 'GET', `/account/data${query}`)).body));
  }
  const items = pages.flatMap((page) => page.items);
  const told = JSON.stringify(items);
  for (const each of jane) expect(told).toContain(each);
  for (const each of toms) expect(told).not.toContain(each);
  expect(told).not.toContain('dataKey');
  expect(told).toContain('jane@mail.example.com');
  expect(told).not.toContain(target.stopToken);
  expect(told).toContain(`${ACCOUNT}-jane`);
  for (const collection of [
    'connections',
    'apiKeys',
    'grants',
    'orderIntents',
    'audit',
    'sessions',
    'channels',
  ]) {
    const { docs } = await db.collection(collection).get();
    const records = docs.filter(
      (doc) => doc.get('ownerUid') === 'jane' || (collection === 'sessions' && jane.includes(doc.id)),
    );
    for (const { id } of records)
      expect(
        items.some((item) => item.id === id),
        `${collection}/${id}`,
      ).toBe(true);
  }
});

it.each(['nothing', 'orders/a/b', 'activity/__x__', '../users'])('refuses the cursor %j', async (cursor) => {
  const { status } = await api('jane', 'GET', `/account/data?cursor=${encodeURIComponent(cursor)}`);
  expect(status).toBe(400);
});
