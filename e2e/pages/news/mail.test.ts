/** News by mail on the page of notifications, and the pages that the links in mails lead to. */
import { createHash, randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { confirmationLink, newConfirmation } from '../../../functions/src/notifications/email/mail-links.ts';
import { sendMail } from '../../../functions/src/notifications/email/mail-server.ts';
import { confirmationMail } from '../../../functions/src/notifications/email/mail-words.ts';
import { email, newEmailTarget } from '../../../functions/src/notifications/kinds/email.ts';
import { createChannel } from '../../../functions/src/store/news/channels.ts';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { startMailReceiver } from '../../../functions/src/testing/receivers/mail-receiver.ts';
import { api, signInAsDemoUser } from '../../console-client.ts';
import { database } from '../../database.ts';
import { demo, vaultKeys } from '../../own-stack.ts';
import { controlsOf } from '../connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from '../watched-page.ts';

let page: Page;
let faults: string[];

eachWithPage({}, (fresh) => {
  ({ page, faults } = fresh);
});

const { openSignedIn, heading, press, field, section } = controlsOf(() => page);

const created = z.object({ channel: z.object({ id: z.string() }) });
let channelId: string | undefined;

afterEach(async () => {
  if (channelId !== undefined) await api(await signInAsDemoUser(), 'DELETE', `/channels/${channelId}`);
  channelId = undefined;
});

/** What was refused on purpose. */
function expectRefused(status: number): void {
  expect(faults.splice(0)).toEqual([expect.stringContaining(String(status))]);
}

it('takes an address on a phone where the deployment sends mails, and says why one was not taken', async () => {
  await page.setViewportSize(PHONE);
  // That of the tests sends none.
  await page.route('**/api/config', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), sendsMail: true } });
  });
  await openSignedIn('/notifications');
  await press('News by email');
  await press('Add the address');
  await page.getByText('Enter an address such as me@example.com.').waitFor();
  await expectAccessible(page);
  await field('Address').fill('me@example.com');
  await press('Add the address');
  await page.getByText('This deployment sends no email.').waitFor();
  await expectAccessible(page);
  expectRefused(409);
});

it('confirms by the link of a mail, without a sign-in, and by that alone', async () => {
  const token = await signInAsDemoUser();
  const fields = { kind: 'webhook', label: 'Asked', url: 'http://127.0.0.1:9/news' };
  const { channel } = created.parse((await api(token, 'POST', '/channels', fields)).body);
  channelId = channel.id;
  const secret = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(secret).digest('hex');
  const confirmation = { tokenHash, expiresAt: new Date(Date.now() + 86_400_000) };
  await database().doc(`channels/${channel.id}`).update({ confirmation });

  await page.setViewportSize(PHONE);
  const { origin } = demo();
  await page.goto(`${origin}/email/confirm/${channel.id}/${'x'.repeat(43)}`);
  await heading('News by email');
  await expectAccessible(page);
  await press('Confirm this address');
  await page.getByText(/This link is not valid, or no longer valid/).waitFor();
  await expectAccessible(page);
  expectRefused(404);
  await openSignedIn('/notifications');
  await section('Asked').getByText('Not confirmed yet').waitFor();
  await expectAccessible(page);

  await page.goto(`${origin}/email/confirm/${channel.id}/${secret}`);
  await press('Confirm this address');
  await page.getByText('Confirmed. News will be sent to this address.').waitFor();
  await expectAccessible(page);
  await page.goto(`${origin}/notifications`);
  await section('Asked').getByText('All connections · All news').waitFor();
  expect(await section('Asked').getByText('Not confirmed yet').count()).toBe(0);
});

it('ends nothing by a link that is none', async () => {
  await page.goto(`${demo().origin}/email/stop/nobody/short`);
  await heading('Stop news by email?');
  await press('Stop these emails');
  await page.getByText(/This link is not valid, or no longer valid/).waitFor();
  await expectAccessible(page);
  expectRefused(404);
});

it('leads from an address by its mails to news and to the end of them', async () => {
  const mails = await startMailReceiver();
  const { origin, uid: ownerUid } = demo();
  const vault = new Vault(vaultKeys());
  const { token, kept: confirmation } = newConfirmation(new Date());
  const target = newEmailTarget('me@example.com');
  const fields = { ownerUid, kind: 'email', label: 'Mail', connectionId: null, types: null } as const;
  const { id } = await createChannel(database(), vault, { ...fields, confirmation }, target);
  channelId = id;
  /** The page that the newest mail leads to. */
  const link = (act: string) =>
    new RegExp(`${origin}/email/${act}/[\\w/-]+`).exec(mails.received.at(-1)?.body ?? '')?.[0] ?? '';

  const words = confirmationMail(origin, confirmationLink(origin, id, token));
  await sendMail(mails, { to: target.address, ...words, id: 'asked', stopUrl: null });
  await page.setViewportSize(PHONE);
  await page.goto(link('confirm'));
  await press('Confirm this address');
  await page.getByText('Confirmed. News will be sent to this address.').waitFor();

  const message = {
    id: 'n1',
    type: 'session.restored',
    connectionId: 'c1',
    at: new Date().toISOString(),
  } as const;
  const outbound = { db: database(), vault, publicOrigin: origin, mail: mails, localMode: true };
  const sent = await email.send(target, { ...message, state: 'connected' }, outbound, { id, ownerUid });
  expect(sent.outcome).toBe('delivered');
  expect(mails.received.at(-1)?.headers.get('list-unsubscribe')).toContain(`/api/email/stop/${id}/`);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(link('stop'));
  await heading('Stop news by email?');
  await expectAccessible(page);
  await press('Stop these emails');
  await page.getByText('No more emails will be sent to this address.').waitFor();
  await expectAccessible(page);
  expect((await database().doc(`channels/${id}`).get()).exists).toBe(false);
  channelId = undefined;
});
