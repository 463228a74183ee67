/** Forms that are open while somebody changes the same settings elsewhere: on a phone, in another tab, by a program. */
import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAsDemoUser } from '../console-client.ts';
import { demo } from '../own-stack.ts';
import { connection, connectionWithTwoAccounts, eachWithControls } from './connection-page.ts';
import { expectAccessible } from './watched-page.ts';

let page: Page;
let faults: string[];
let token: string;
const { openSignedIn, press, field, section } = eachWithControls((fresh) => {
  ({ page, faults } = fresh);
});

beforeEach(async () => {
  token = await signInAsDemoUser();
});

const REFUSED = 'Not saved: it was changed elsewhere';
const TOLD = 'Changed elsewhere while this page was open';

async function change(path: string, body: object): Promise<void> {
  expect(await api(token, 'PATCH', path, body)).toMatchObject({ status: 200 });
}

async function expectRefused(): Promise<void> {
  await page.getByText(REFUSED).waitFor();
  expect(faults.splice(0)).toEqual([expect.stringContaining('409')]);
  await page.getByText(TOLD).waitFor();
}

/** Somebody comes back to the tab, which reads everything again. */
const comeBack = () => page.evaluate(`dispatchEvent(new Event('visibilitychange'))`);

const told = (sentence: string) => page.getByRole('listitem').getByText(sentence, { exact: true }).waitFor();

const keyList = z.object({ items: z.array(z.looseObject({ id: z.string(), label: z.string() })) });

it('keeps a name that is typed, and shows what else holds by now', async () => {
  const url = `http://${demo().simulator}/sandbox/changed-elsewhere`;
  const { id } = await connection({ kind: 'gateway', mode: 'paper', label: 'Home', url });
  await openSignedIn(`/connections/${id}/settings`);
  await field('Name').fill('Typed');
  await change(`/connections/${id}`, { label: 'Elsewhere', allowTakeover: true });
  await press('Save');
  await expectRefused();
  await told('Name: “Elsewhere” instead of “Home”');
  await told('Take the session over from TWS and mobile: on instead of off');
  const takeover = page.getByLabel('Take the session over from TWS and mobile');
  expect(await takeover.isChecked()).toBe(true);
  expect(await field('Name').inputValue()).toBe('Typed');
  await expectAccessible(page);
  await press('Save');
  await page.getByText('Saved.', { exact: true }).waitFor();
  expect(await page.getByText(TOLD).count()).toBe(0);
  expect(await api(token, 'GET', `/connections/${id}`)).toMatchObject({
    body: { connection: { label: 'Typed', allowTakeover: true } },
  });
});

it('does not take back the account that was chosen elsewhere', async () => {
  const { id, first, second } = await connectionWithTwoAccounts();
  await openSignedIn(`/connections/${id}/settings`);
  const own = section('Current account');
  const choice = own.getByLabel('Account of calls that name none');
  await choice.selectOption(first);
  await change(`/connections/${id}`, { currentAccountId: second });
  await own.getByRole('button', { name: 'Save' }).click();
  await expectRefused();
  await told(`Current account: ••••${second.slice(-3)} instead of none`);
  expect(await choice.inputValue()).toBe(first);
  await choice.selectOption(second);
  expect(await own.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await own.getByRole('button', { name: 'Dismiss' }).click();
  expect(await page.getByText(TOLD).count()).toBe(0);
});

it('overwrites no address of a gateway that was entered elsewhere', async () => {
  const at = (path: string) => `http://${demo().simulator}/sandbox/${path}/v1/api`;
  const { id } = await connection({ kind: 'gateway', mode: 'paper', label: 'Moved', url: at('one') });
  await openSignedIn(`/connections/${id}/settings`);
  await press('Change the address');
  const address = page.getByLabel('Address of the gateway');
  await address.fill(at('typed'));
  await change(`/connections/${id}`, { address: at('elsewhere') });
  await press('Save and test');
  await expectRefused();
  await told(`Address: ${at('elsewhere')} instead of ${at('one')}`);
  expect(await address.inputValue()).toBe(at('typed'));
  await press('Save and test');
  await page.getByText('Replaced: test the connection above').waitFor();
  expect(await api(token, 'GET', `/connections/${id}/address`)).toMatchObject({ body: { url: at('typed') } });
});

it('says of a key that is being renamed from where it may be used by now', async () => {
  const { id } = await connection();
  const list = await api(token, 'GET', `/connections/${id}/keys`);
  const keyId = keyList.parse(list.body).items[0]?.id;
  await openSignedIn(`/connections/${id}/keys`);
  await press('Edit the key Default');
  await field('Name').fill('typed');
  await change(`/keys/${keyId}`, { label: 'elsewhere', allowedIps: ['203.0.113.0/24'] });
  await comeBack();
  await page.getByText(TOLD).waitFor();
  await told('Name: “elsewhere” instead of “Default”');
  await told('Only from these addresses: 203.0.113.0/24 instead of everywhere');
  expect(await field('Name').inputValue()).toBe('typed');
  await page.getByText('203.0.113.0/24', { exact: true }).waitFor();
  await press('Save name and addresses');
  await page.getByText('Saved.', { exact: true }).waitFor();
  const after = await api(token, 'GET', `/connections/${id}/keys`);
  expect(after).toMatchObject({
    body: { items: [{ label: 'typed', allowedIps: ['203.0.113.0/24'] }] },
  });
});

it('saves of a channel only what was changed here', async () => {
  const url = 'http://127.0.0.1:9/news';
  const added = await api(token, 'POST', '/channels', { kind: 'webhook', label: 'Program', url });
  const { channel } = z.object({ channel: z.object({ id: z.string() }) }).parse(added.body);
  try {
    await openSignedIn('/notifications');
    await press('Edit Program');
    await field('Name').fill('Typed');
    const quietHours = { from: '21:00', to: '08:00', timeZone: 'Europe/Zurich', tellsWaitingOrders: false };
    await change(`/channels/${channel.id}`, { types: ['order.waiting', 'order.filled'], quietHours });
    await press('Save');
    await expectRefused();
    await told('It is told when: “An order waits for me”, “An order has filled” instead of anything happens');
    await told('Quiet hours: from 21:00 to 08:00 (Europe/Zurich) instead of none');
    expect(await field('Name').inputValue()).toBe('Typed');
    expect(await field('From').inputValue()).toBe('21:00');
    await expectAccessible(page);
    await press('Save');
    await page.getByText('Saved.', { exact: true }).waitFor();
    // Another one, which the page reads before anything is typed over it.
    await change(`/channels/${channel.id}`, { label: 'Elsewhere' });
    await comeBack();
    await told('Name: “Elsewhere” instead of “Typed”');
    expect(await field('Name').inputValue()).toBe('Elsewhere');
    await field('From').fill('20:00');
    await press('Save');
    await page.getByText('Saved.', { exact: true }).waitFor();
    const { body } = await api(token, 'GET', '/channels');
    const { items } = z.object({ items: z.array(z.looseObject({ id: z.string() })) }).parse(body);
    expect(items.find(({ id }) => id === channel.id)).toMatchObject({
      label: 'Elsewhere',
      types: ['order.waiting', 'order.filled'],
      quietHours: { ...quietHours, from: '20:00' },
    });
  } finally {
    await api(token, 'DELETE', `/channels/${channel.id}`);
  }
});

it('says that a key was revoked while it was being changed, and not so of one that was revoked here', async () => {
  const { id } = await connection();
  await api(token, 'POST', `/connections/${id}/keys`, { label: 'other', scope: 'read' });
  const { items } = keyList.parse((await api(token, 'GET', `/connections/${id}/keys`)).body);
  const first = items.find(({ label }) => label === 'Default');
  await openSignedIn(`/connections/${id}/keys`);
  await press('Edit the key Default');
  await field('Name').fill('typed');
  await api(token, 'DELETE', `/keys/${first?.id}`);
  await comeBack();
  const notice = page.getByRole('alert').filter({ hasText: TOLD });
  await notice.getByText('The key Default was revoked, or has expired.').waitFor();
  await expectAccessible(page);
  await press('Revoke the key other');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('status').getByText('The key other is revoked.').waitFor();
  await section('other').waitFor({ state: 'detached' });
  expect(await notice.innerText()).not.toContain('other');
  await press('Dismiss');
  expect(await notice.count()).toBe(0);
});

it('says that a channel was removed while it was being changed', async () => {
  const url = 'http://127.0.0.1:9/news';
  const added = await api(token, 'POST', '/channels', { kind: 'webhook', label: 'Removed', url });
  const { channel } = z.object({ channel: z.object({ id: z.string() }) }).parse(added.body);
  await openSignedIn('/notifications');
  await press('Edit Removed');
  await field('Name').fill('typed');
  await api(token, 'DELETE', `/channels/${channel.id}`);
  await press('Save');
  await page.getByRole('alert').getByText('Removed was removed.').waitFor();
  expect(faults.splice(0)).toEqual([expect.stringContaining('404')]);
});
