/** Connections as their owner adds, narrows, stops and deletes them in a browser. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAsDemoUser } from '../../console-client.ts';
import { demoKey } from '../../demo-sandbox.ts';
import { callTool, failTool, rpc } from '../../mcp-endpoint.ts';
import { demo } from '../../own-stack.ts';
import { ageSignIn } from '../aged-sign-in.ts';
import { connection, connectionWithTwoAccounts, eachWithControls, statusOf } from '../connection-page.ts';
import { expectAccessible } from '../watched-page.ts';

const BUY = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
const RESTING = { ...BUY, order_type: 'LMT', limit_price: 1, tif: 'GTC' };

let page: Page;
/** What went wrong in the page without a test looking. */
let faults: string[];
const { openSignedIn, heading, press, field, section, shownKey, expectWorking, expectFocus } =
  eachWithControls((fresh) => {
    ({ page, faults } = fresh);
  });
/** That a notice has the focus. */
const expectTold = (title: string) => page.locator('div:focus', { hasText: title }).waitFor();

const addresses = () => page.getByRole('combobox', { name: /^Only from these addresses/ });

describe('a key', () => {
  it('is made for some addresses, refused from all others, and revoked at once', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/keys`);
    await press('New key');
    await expectFocus(field('Name'));
    await press('Make the key');
    await page.getByText('Name the program that will use it.').waitFor();
    await expectFocus(field('Name'));
    await field('Name').fill('nightly job');
    await addresses().fill('203.0.113.999,');
    await press('Make the key');
    await page.getByText('203.0.113.999 is no address or range').waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('400')]);
    await expectFocus(addresses());
    await addresses().press('Backspace');
    await addresses().fill('203.0.113.7/24,');
    await press('Make the key');
    await expectTold('Copy the key now: it is not shown again');
    const key = await shownKey();
    await section('nightly job').getByText('Only from 203.0.113.0/24').waitFor();
    await section('nightly job').getByText('Read-only').waitFor();
    await expectAccessible(page);

    const refused = await rpc('tools/list', {}, { key });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('may not be used from 127.0.0.1');
    for (const header of ['X-Forwarded-For', 'Fastly-Client-IP', 'Forwarded', 'X-Real-IP']) {
      expect(await statusOf(key, { [header]: '203.0.113.7' }), header).toBe(403);
    }

    await press('Edit the key nightly job');
    await addresses().press('Backspace');
    await press('Save name and addresses');
    await page.getByText('Saved.', { exact: true }).waitFor();
    expect(await statusOf(key)).toBe(200);

    await page.reload();
    await section('nightly job').waitFor();
    expect(await page.content()).not.toContain(key);
    await press('Revoke the key nightly job');
    await page.getByRole('dialog', { name: 'Revoke the key nightly job?' }).waitFor();
    await press('Revoke');
    await section('nightly job').waitFor({ state: 'detached' });
    await page.getByRole('status').getByText('The key nightly job is revoked.').waitFor();
    expect(await statusOf(key)).toBe(401);
    await expectFocus(page.getByRole('main'));
    await page.getByText('Keys that ended (1)').waitFor();
  });

  it('ends when its owner chose, which lies ahead', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/keys`);
    await press('New key');
    await field('Name').fill('until the audit');
    await page.getByRole('combobox', { name: 'Expiry' }).click();
    await page.getByRole('option', { name: '1 day' }).waitFor();
    await page.getByRole('option', { name: 'On a date you choose' }).click();
    await field('Expires').fill('2020-01-31T17:45');
    await press('Make the key');
    await page.getByText('Choose a time that is still to come.').waitFor();
    await expectAccessible(page);
    await field('Expires').fill('2099-01-31T17:45');
    await press('Make the key');
    await section('until the audit').getByText('Expires Jan 31, 2099').waitFor();
    const ends = await page.evaluate<string>(`new Date('2099-01-31T17:45').toISOString()`);
    const { body } = await api(await signInAsDemoUser(), 'GET', `/connections/${id}/keys`);
    expect(JSON.stringify(body)).toContain(`"expiresAt":"${ends}"`);
  });

  it('says what it is told of, and where', async () => {
    const { id, key } = await connection();
    const server = createServer(async (request, response) => response.end(await text(request)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const secret = `whsec_${randomBytes(32).toString('base64')}`;
      for (const name of ['order.filled', 'session.needs_person']) {
        const delivery = { mode: 'webhook', url: `http://${host}/token`, secret };
        const answer = await rpc('events/subscribe', { name, delivery }, { key });
        expect(answer.text).toContain('refreshBefore');
      }
      await openSignedIn(`/connections/${id}/keys`);
      const told = section('Default').getByText(`Told at ${host} until`);
      await told.waitFor();
      expect(await told.innerText()).toMatch(/: An order has filled · IBKR needs you$/);
      expect(await page.content()).not.toContain(`${host}/token`);
      await expectAccessible(page);
    } finally {
      server.close();
    }
  });

  it('has limits of its own', async () => {
    const { id, key } = await connection();
    await openSignedIn(`/connections/${id}/keys`);
    await press('Edit the key Default');
    await page.getByLabel('Orders per day').fill('0');
    await page.getByLabel('Most per order').fill('5000');
    await page.getByText('Orders per day: 0 instead of no limit').waitFor();
    await press('Save');
    await page.getByText('Saved: it holds from the next order on').waitFor();
    await page.getByText(/^Approval: .+ · Most per order: 5,000\sUSD/).waitFor();
    expect(await failTool('place_order', BUY, key)).toMatchObject({ code: 'limit_exceeded' });
  });
});

describe('limits', () => {
  it('are set in words, shown before they are saved, and hold', async () => {
    const { id, key } = await connection();
    await openSignedIn(`/connections/${id}/limits`);
    await page.getByLabel('Most per day').fill('5000');
    await page.getByRole('combobox', { name: 'Only these symbols' }).fill('aapl,');
    await page.getByLabel('Refuse short sales').check();
    await page.getByLabel('You, for every order').check();
    for (const change of [
      'Approval: “You, for every order” instead of “The usual rule”',
      'Most per day: 5,000 USD instead of no limit',
      'Only these symbols: AAPL instead of all',
      'Refuse short sales: on instead of off',
    ]) {
      await page.getByText(change).waitFor();
    }
    await expectAccessible(page);
    await press('Save');
    await page.getByText('Saved: it holds from the next order on').waitFor();
    await page.getByText('5,000 left today.').waitFor();
    expect(await failTool('place_order', BUY, key)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'symbols' },
    });
    const apple = { ...BUY, symbol: 'AAPL' };
    expect(await callTool('place_order', apple, key)).toMatchObject({ state: 'awaiting_approval' });

    await page.getByLabel('You, for every order').focus();
    await page.keyboard.press('ArrowUp');
    await press('Discard changes');
    expect(await page.getByLabel('You, for every order').isChecked()).toBe(true);
    await expectFocus(page.getByRole('button', { name: 'Discard changes' }));
  });

  it('take amounts as they are typed, or say that they are not certain', async () => {
    const { id } = await connection();
    const token = await signInAsDemoUser();
    const expectSaved = async (maxOrderValue: number) => {
      const saved = { body: { connection: { limits: { maxOrderValue } } } };
      expect(await api(token, 'GET', `/connections/${id}`)).toMatchObject(saved);
    };
    await api(token, 'PATCH', `/connections/${id}`, { limits: { maxOrderValue: 1_000 } });
    await openSignedIn(`/connections/${id}/limits`);
    const most = page.getByLabel('Most per order');
    for (const [typed, meant] of [
      ['5,000', '5,000'],
      ['1,000,000.50', '1,000,000.5'],
      ['5000,50', '5,000.5'],
      ['5k', '5,000'],
      ['1.5m', '1,500,000'],
      ['US$1,00,000', '100,000'],
      ['٥٬٠٠٠', '5,000'],
    ] as const) {
      await most.clear();
      await most.pressSequentially(typed);
      expect(await most.inputValue()).toBe(typed);
      await page.getByText(`Most per order: ${meant} USD instead of 1,000 USD`).waitFor();
    }
    const uncertain = 'this may mean several amounts, or none';
    for (const [typed, fault] of [
      ...['5.000', '5.000k', '5e3', '€5', '1,0000', '0.123456789'].map((text) => [text, uncertain] as const),
      ['-5', 'At least 0.01.'],
      ['−5k', 'At least 0.01.'],
      ['1,000,000,000,001', 'At most 1,000,000,000,000.'],
    ] as const) {
      await most.clear();
      await most.pressSequentially(typed);
      await page.getByText(fault).waitFor();
      expect(await page.getByText('Most per order:').allInnerTexts()).toEqual([
        'Most per order: to be corrected',
      ]);
    }
    await press('Save');
    await expectFocus(most);
    await expectSaved(1_000);
    await expectAccessible(page);
    await most.clear();
    await most.pressSequentially('5,000');
    await page.getByText('Five thousand US dollars.').waitFor();
    await press('Save');
    await page.getByText('Saved: it holds from the next order on').waitFor();
    expect(await most.inputValue()).toBe('5,000');
    await expectSaved(5_000);
  });

  it('say on an open page what was changed elsewhere, and keep what was typed', async () => {
    const { id } = await connection();
    const token = await signInAsDemoUser();
    const change = (body: object) => api(token, 'PATCH', `/connections/${id}`, body);
    await openSignedIn(`/connections/${id}/limits`);
    await page.getByLabel('Orders per day').fill('5');
    await page.getByLabel('Most per order').fill('5000');
    const meanwhile = { limits: { maxOrderValue: 1_000, symbols: ['AAPL'] }, approval: 'owner' };
    expect(await change(meanwhile)).toMatchObject({ status: 200 });
    await press('Save');
    await page.getByText('Not saved: it was changed elsewhere').waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('409')]);
    for (const text of [
      'Approval: “You, for every order” instead of “The usual rule”',
      'Most per order: 1,000 USD instead of no limit',
      'Only these symbols: AAPL instead of all',
      'Most per order: 5,000 USD instead of 1,000 USD',
      'Orders per day: 5 instead of no limit',
    ]) {
      await page.getByText(text).waitFor();
    }
    expect(await page.getByLabel('Orders per day').inputValue()).toBe('5');
    expect(await page.getByLabel('You, for every order').isChecked()).toBe(true);
    await expectAccessible(page);
    await press('Save');
    await page.getByText('Saved: it holds from the next order on').waitFor();
    expect(await page.getByText('Changed elsewhere').count()).toBe(0);
    const limits = { maxOrderValue: 5_000, maxDailyOrders: 5, symbols: ['AAPL'] };
    expect(await api(token, 'GET', `/connections/${id}`)).toMatchObject({
      body: { connection: { limits, approval: 'owner' } },
    });
    await page.getByRole('link', { name: 'Activity' }).click();
    await page
      .getByText('Most per order: 5,000 in the base currency instead of 1,000 in the base currency')
      .waitFor();
  });

  it('are made looser only after a new sign-in, at which they go on, and stricter without one', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/limits`);
    await ageSignIn(page);
    const most = page.getByLabel('Most per order');
    const saved = page.getByText('Saved: it holds from the next order on');
    await most.fill('500');
    await press('Save');
    await saved.waitFor();

    await most.fill('900');
    await press('Save');
    const again = page.getByRole('dialog', { name: 'Sign in again to go on' });
    await again.waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expectTold('Not done: it needs a new sign-in');
    expect(await most.inputValue()).toBe('900');

    await press('Save');
    await again.getByRole('button', { name: 'Continue as the demo user' }).click();
    await saved.waitFor();
    await expectFocus(page.getByRole('button', { name: 'Save' }));
    const token = await signInAsDemoUser();
    expect(await api(token, 'GET', `/connections/${id}`)).toMatchObject({
      body: { connection: { limits: { maxOrderValue: 900 } } },
    });
    // The browser itself notes the refusals.
    expect(faults.splice(0)).toEqual([expect.stringContaining('403'), expect.stringContaining('403')]);
  });

  it('are there again when a sign-in ended before they were saved', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/limits`);
    await page.getByLabel('Orders per day').fill('7');
    const body = JSON.stringify({ error: { code: 'signed_out', message: 'The sign-in has ended.' } });
    const change = (route: Route) =>
      route.request().method() === 'PATCH' ? route.fulfill({ status: 401, body }) : route.continue();
    await page.route('**/api/connections/*', change);
    await press('Save');
    await page.getByText('Your sign-in has ended').first().waitFor();
    await page.unroute('**/api/connections/*', change);
    await press('Continue as the demo user');
    await page.getByText('Orders per day: 7 instead of no limit').waitFor();
    await page.getByText('You are signed in again. Try once more.').waitFor();
    expect(await page.getByLabel('Orders per day').inputValue()).toBe('7');
    await press('Save');
    await page.getByText('Saved: it holds from the next order on').waitFor();
    expect(faults.splice(0).every((fault) => fault.includes('401'))).toBe(true);
  });

  it('are not lost without a question when the page is left', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/keys`);
    await page.getByRole('link', { name: 'Limits & approvals' }).click();
    await page.getByLabel('Orders per day').fill('7');
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await expectAccessible(page);
    await press('Stay');
    await page.evaluate('history.back()');
    await press('Stay');
    expect(await page.getByLabel('Orders per day').inputValue()).toBe('7');
    await page.getByRole('link', { name: 'Orders' }).click();
    await press('Leave');
    await page.getByRole('heading', { name: 'Waiting for you' }).waitFor();
    await page.getByRole('link', { name: 'Limits & approvals' }).click();
    expect(await page.getByLabel('Orders per day').inputValue()).toBe('');
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('heading', { name: 'Waiting for you' }).waitFor();
  });
});

describe('what was typed', () => {
  it.each([
    ['into a new key', '/keys', 'New key', 'Name'],
    ['into a key', '/keys', 'Edit the key Default', 'Name'],
    ['as a name', '/settings', null, 'Name'],
    ['into a webhook', 'notifications', 'New webhook', 'Address'],
  ])('%s is not left without one question', async (_, path, opens, label) => {
    const { id } = await connection();
    await openSignedIn(path.startsWith('/') ? `/connections/${id}${path}` : `/${path}`);
    if (opens !== null) await press(opens);
    await field(label).fill('typed');
    await page.getByRole('link', { name: 'Help' }).first().click();
    const question = page.getByRole('dialog', { name: 'Leave without saving?' });
    await question.waitFor();
    expect(await question.count()).toBe(1);
    await press('Stay');
    expect(await field(label).inputValue()).toBe('typed');
    await page.getByRole('link', { name: 'Help' }).first().click();
    await press('Leave');
    await page.waitForURL('**/help');
  });

  it('into several forms of a page is asked for once', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/keys`);
    await press('Edit the key Default');
    await field('Name').fill('typed');
    await page.getByLabel('Orders per day').fill('7');
    await page.getByRole('link', { name: 'Help' }).first().click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
    await press('Leave');
    await page.waitForURL('**/help');
  });
});

describe('trading', () => {
  it('is stopped on the page of a connection, and resumed', async () => {
    const { id, key } = await connection();
    await callTool('place_order', RESTING, key);
    await callTool('place_order', BUY, await demoKey(id, 'owner'));
    await openSignedIn(`/connections/${id}/settings`);
    await press('Stop trading on Sandbox');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop trading' }).click();
    await page.getByText('No order of its accounts works any more.').waitFor();
    await page.getByText('1 order that waited for you was declined.').waitFor();
    await expectFocus(page.getByText(/^Trading is stopped since/).locator('..'));
    expect(await statusOf(key)).toBe(401);
    await expectAccessible(page);
    await press('Resume trading on Sandbox');
    await page.getByRole('dialog').getByRole('button', { name: 'Resume trading' }).click();
    await expectTold('Trading is resumed');

    const token = await signInAsDemoUser();
    const minted = await api(token, 'POST', `/connections/${id}/keys`, { label: 'after' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(minted.body);
    expect(await callTool('place_order', RESTING, apiKey)).toMatchObject({ state: 'working' });
  });
});

describe('the current account', () => {
  it('is chosen among several, and given up', async () => {
    const { id, key, first, second } = await connectionWithTwoAccounts();
    const current = section('Current account');
    const choice = current.getByLabel('Account of calls that name none');
    await openSignedIn(`/connections/${id}/settings`);
    await current.getByText(`Reads that name no account are about ••••${first.slice(-3)}`).waitFor();
    await expectAccessible(page);
    await choice.selectOption(second);
    await current.getByRole('button', { name: 'Save' }).click();
    await current.getByText('Saved.', { exact: true }).waitFor();
    expect(await callTool('place_order', RESTING, key)).toMatchObject({ account_id: second });
    await page.getByRole('link', { name: 'Orders' }).click();
    const shown = page.getByRole('combobox', { name: 'Account', exact: true });
    expect(await shown.inputValue()).toBe(second);

    await page.getByRole('link', { name: 'Settings' }).click();
    expect(await choice.inputValue()).toBe(second);
    await choice.selectOption({ index: 0 });
    await current.getByRole('button', { name: 'Save' }).click();
    await current.getByText('None is chosen.').waitFor();
    expect(await failTool('place_order', RESTING, key)).toMatchObject({ code: 'invalid_arguments' });
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByText('current account').first().waitFor();
  });

  it('is not asked for where there is one', async () => {
    const { id } = await connection();
    await openSignedIn(`/connections/${id}/settings`);
    await press('Test connection');
    await expectWorking();
    expect(await section('Current account').count()).toBe(0);
  });
});

describe('settings', () => {
  it('rename a connection, replace what it signs in with, and delete it once its name is typed', async () => {
    // A login of its own: connections do not know what others ask of the same one.
    const url = `http://${demo().simulator}/sandbox/replaced`;
    const { id, key } = await connection({ kind: 'gateway', mode: 'live', label: 'Real', url });
    await openSignedIn(`/connections/${id}/settings`);
    await page.getByText('Live · real money').waitFor();
    await field('Name').fill('Real money');
    await page.getByLabel('Take the session over from TWS and mobile').check();
    await press('Save');
    await heading('Real money');
    await press('Test connection');
    await page.getByText(/failed\. IBKR says that the login is paper/).waitFor();

    await press('Replace');
    await field('URL').fill(url);
    await section('Gateway').getByRole('button', { name: 'Replace' }).click();
    await page.getByText('Replaced: test the connection above').waitFor();

    await press('Delete this connection');
    await page.getByRole('dialog').getByText('1 API key').waitFor();
    const yes = page.getByRole('dialog').getByRole('button', { name: 'Delete' });
    expect(await yes.isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByLabel('It is live. Type Real money to delete it.').fill('Real money');
    await ageSignIn(page);
    await yes.click();
    const again = page.getByRole('dialog', { name: 'Sign in again to go on' });
    await again.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByText('Not done: it needs a new sign-in').waitFor();
    await yes.click();
    await again.getByRole('button', { name: 'Continue as the demo user' }).click();
    await heading('Connections');
    await page.getByRole('status').getByText('Real money is deleted.').waitFor();
    await page.getByRole('article', { name: 'Real money' }).waitFor({ state: 'detached' });
    expect(await statusOf(key)).toBe(401);
    // The accounts of a login that is of the other mode are not told.
    expect(faults.splice(0).filter((fault) => !/\b(403|422)\b/.test(fault))).toEqual([]);
  });
});
