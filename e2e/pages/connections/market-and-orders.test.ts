/** The market and the orders of a connection, as its owner uses them in a browser. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { revokeGrant } from '../../../functions/src/store/credentials/grants.ts';
import { storeGrant } from '../../../functions/src/testing/oauth/grants.ts';
import { api, signInAs } from '../../console-client.ts';
import { database } from '../../database.ts';
import { demoKey, sandbox } from '../../demo-sandbox.ts';
import { callTool } from '../../mcp-endpoint.ts';
import { demo } from '../../own-stack.ts';
import { orderElsewhere, RESTING } from '../../sandbox.ts';
import { eachWithControls } from '../connection-page.ts';
import { expectStill, forgetShifts, watchShifts } from '../shifts.ts';
import { expectAccessible, PHONE } from '../watched-page.ts';

let page: Page;
let faults: string[];
const { openSignedIn } = eachWithControls((fresh) => {
  ({ page, faults } = fresh);
});

describe('the market', () => {
  it('says once what neither price could be read by, and asks for both again', async () => {
    const { id } = await sandbox();
    const error = { code: 'ibkr_unavailable', message: 'IBKR is away.', hint: 'Wait.', retryable: true };
    await page.route('**/tools/get_*', (route) => route.fulfill({ status: 422, json: { error } }));
    await openSignedIn(`/connections/${id}/market?conid=4815747`);
    await page.getByText('IBKR is away. Wait.').waitFor();
    await page.getByText('Not available now.').waitFor();
    expect(await page.getByText('IBKR is away. Wait.').count()).toBe(1);
    await expectAccessible(page);
    await page.unroute('**/tools/get_*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'NVDA', exact: true }).waitFor();
    await page.getByRole('img', { name: /^NVDA: [+-][\d.]+ % over six months/ }).waitFor();
    faults.splice(0);
  });

  it('finds an instrument by keyboard and shows its price', async () => {
    const { id } = await sandbox();
    await openSignedIn(`/connections/${id}/market`);
    await page.getByRole('textbox', { name: 'Symbol or name' }).fill('Apple');
    await page.getByRole('option', { name: /AAPL APPLE INC NASDAQ/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'AAPL', exact: true }).waitFor();
    await page.getByRole('img', { name: /^AAPL: [+-][\d.]+ % over six months/ }).waitFor();
    await page.getByRole('radio', { name: '6M' }).focus();
    for (let steps = 0; steps < 3; steps++) await page.keyboard.press('ArrowLeft');
    await page.getByRole('img', { name: /over the day/ }).waitFor();
    await page.getByText('Show as a table').click();
    await page.getByRole('table', { name: 'Prices in USD' }).waitFor();
    await expectAccessible(page);
  });
});

describe('the orders', () => {
  it('say once what neither part of their page could be read by, and ask for both again', async () => {
    const { id } = await sandbox();
    const error = { code: 'ibkr_unavailable', message: 'IBKR is away.', hint: 'Wait.', retryable: true };
    const reads = [/\/tools\/get_orders$/, /\/intents(\?waiting=true)?$/];
    for (const read of reads)
      await page.route(read, (route) => route.fulfill({ status: 422, json: { error } }));
    await openSignedIn(`/connections/${id}/orders`);
    await page.getByText('IBKR is away. Wait.').waitFor();
    await page.getByText('Not available now.').waitFor();
    expect(await page.getByText('IBKR is away. Wait.').count()).toBe(1);
    await expectAccessible(page);
    for (const read of reads) await page.unroute(read);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No order waits for you.').waitFor();
    await page.getByText('IBKR has no open order').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    faults.splice(0);
  });

  it('keep what they show while what failed is asked for once more', async () => {
    const { id, key } = await sandbox();
    await callTool('place_order', RESTING, key);
    const error = { code: 'ibkr_unavailable', message: 'IBKR is away.', hint: 'Wait.', retryable: true };
    let answer = Promise.resolve();
    await page.route('**/tools/get_orders', async (route) => {
      await answer;
      await route.fulfill({ status: 422, json: { error } });
    });
    await openSignedIn(`/connections/${id}/orders`);
    const retry = page.getByRole('button', { name: 'Try again' });
    await retry.waitFor();
    const held = Promise.withResolvers<void>();
    answer = held.promise;
    const asked = page.waitForRequest('**/tools/get_orders');
    await retry.press('Enter');
    await asked;
    await page.getByText('Waiting for an answer').waitFor();
    await page.getByText('IBKR is away. Wait.').waitFor();
    await page.locator('summary').filter({ hasText: 'NVDA' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Try again');
    const answered = page.waitForResponse('**/tools/get_orders');
    held.resolve();
    await answered;
    await page.unroute('**/tools/get_orders');
    await retry.press('Enter');
    await page.getByRole('button', { name: 'Cancel: BUY 10 NVDA LMT limit 1 GTC' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    faults.splice(0);
  });

  it('show what the gateway knows before IBKR’s list has come, which pushes nothing down', async () => {
    const { id, key } = await sandbox();
    const { account_id } = await callTool('place_order', RESTING, key);
    await orderElsewhere({ id, accountId: String(account_id) });
    const list = Promise.withResolvers<void>();
    await page.route('**/tools/get_orders', async (route) => {
      await list.promise;
      await route.continue();
    });
    await watchShifts(page);
    await page.setViewportSize(PHONE);
    await openSignedIn(`/connections/${id}/orders`);
    const rows = page.locator('summary');
    await rows.filter({ hasText: 'NVDA' }).waitFor();
    await page.getByText('This is what the gateway knows.').waitFor();
    await expectAccessible(page);
    await forgetShifts(page);
    list.resolve();
    await rows.filter({ hasText: 'SPY' }).waitFor();
    expect(await rows.first().innerText()).toContain('NVDA');
    expect(await page.getByText('This is what the gateway knows.').count()).toBe(0);
    await expectStill(page);
    await expectAccessible(page);
  });

  it('shows a new one by itself, cancels it after one question, and tells its life', async () => {
    const { id, key } = await sandbox();
    await openSignedIn(`/connections/${id}/orders`);
    await page.getByText('IBKR has no open order').waitFor();
    const { order_id } = await callTool('place_order', RESTING, key);
    await callTool('modify_order', { order_id, limit_price: 2 }, key);
    const changed = 'Cancel: BUY 10 NVDA LMT limit 2 GTC';
    await page.getByRole('button', { name: changed }).click();
    await page.getByRole('dialog').getByText('BUY 10 NVDA LMT limit 2 GTC').waitFor();
    await page.getByRole('button', { name: 'Cancel the order' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(await callTool('get_orders', { status: 'OPEN' }, key)).toMatchObject({
      orders: [{ symbol: 'NVDA' }],
    });

    // It, its change and what IBKR lists are one.
    const row = page.locator('summary');
    expect(await row.allInnerTexts()).toEqual([expect.stringContaining('Working')]);
    await page.getByRole('button', { name: changed }).press('Enter');
    await page.getByRole('button', { name: 'Cancel the order' }).press('Enter');
    await page.getByText('Cancelled: BUY 10 NVDA LMT limit 2 GTC').waitFor();
    expect(await callTool('get_orders', { status: 'OPEN' }, key)).toMatchObject({ orders: [] });
    await row.filter({ hasText: 'Cancelled' }).press('Enter');
    expect(await row.count()).toBe(1);
    await expect.poll(() => page.getByText('Asked for', { exact: true }).count(), { timeout: 8_000 }).toBe(2);
    await expectAccessible(page);
  });

  it('lists one that was entered at IBKR, and those of the gateway while IBKR does not answer', async () => {
    const { id, key } = await sandbox();
    const { account_id } = await callTool('place_order', RESTING, key);
    await orderElsewhere({ id, accountId: String(account_id) });
    await openSignedIn(`/connections/${id}/orders`);
    const own = page.locator('summary', { hasText: 'Buy 10 NVDA' });
    const other = page.locator('summary', { hasText: 'SELL 1 SPY STP stop 1 GTC Ordered elsewhere' });
    await own.getByText('Working').waitFor();
    await other.getByText('Working').waitFor();
    await other.press('Enter');
    await page.getByText('0 of 1 filled.').waitFor();
    await expectAccessible(page);

    const error = { code: 'ibkr_unavailable', message: 'IBKR did not answer.', hint: 'Try again.' };
    await page.route('**/tools/get_orders', (route) => route.fulfill({ status: 422, json: { error } }));
    await page.reload();
    await page.getByText('IBKR did not answer.').waitFor();
    await own.getByText('Working').waitFor();
    expect(await other.count()).toBe(0);
    expect(faults.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  it('that nobody answered in time are said to be expired', async () => {
    const { id } = await sandbox();
    await callTool('place_order', RESTING, await demoKey(id, 'owner', 'asking'));
    await page.clock.install();
    await openSignedIn(`/connections/${id}/orders`);
    await page.getByText(/^Expires in 1\d:\d\d$/).waitFor();
    await page.clock.fastForward('16:00');
    await page.getByText('No order waits for you.').waitFor();
    await page.locator('summary', { hasText: 'Expired' }).press('Enter');
    await page.getByRole('link', { name: 'What became of it' }).waitFor();
    await expectAccessible(page);
    // Times that the gateway wrote down are told by the reader's clock.
    const at = '2026-01-02T03:04:05.678Z';
    await page.route('**/intents', async (route) => {
      const { items } = await (await route.fetch()).json();
      const history = [{ at, state: 'awaiting_approval', note: `IBKR filled it at ${at}` }];
      await route.fulfill({ json: { items: items.map((item: object) => ({ ...item, history })) } });
    });
    await page.reload();
    const note = await page.getByText('IBKR filled it at').innerText();
    expect(note).toMatch(/2026/);
    expect(note).not.toContain('T03');
  });

  it('of somebody else’s connection cannot be cancelled', async () => {
    const { id, key } = await sandbox();
    const { order_id } = await callTool('place_order', RESTING, key);
    const stranger = await signInAs('stranger');
    expect(await api(stranger, 'POST', `/connections/${id}/orders/${order_id}/cancel`, {})).toMatchObject({
      status: 404,
    });
    expect(await callTool('get_orders', { status: 'OPEN' }, key)).toMatchObject({ orders: [{ order_id }] });
  });
});

describe('a connection', () => {
  it('tells on an open page of an app that was connected since', async () => {
    const { id } = await sandbox();
    await page.clock.install();
    await openSignedIn(`/connections/${id}/apps`);
    await page.getByText('No host is connected yet').waitFor();
    await storeGrant(database(), { ownerUid: demo().uid, connectionId: id, clientName: 'New Host' });
    await page.clock.runFor(40_000);
    await page.getByRole('heading', { name: 'New Host' }).waitFor();
    await expectAccessible(page);
  });

  it('says that an app was disconnected because a token of it was used again, until that is dismissed', async () => {
    const { id } = await sandbox();
    const grant = { ownerUid: demo().uid, connectionId: id, clientName: 'Copied Host' };
    const grantId = await storeGrant(database(), grant);
    await revokeGrant(database(), grantId, true);
    await openSignedIn(`/connections/${id}/apps`);
    await page.getByText('Copied Host was disconnected').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('Copied Host was disconnected').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText('No host is connected yet').waitFor();
    expect(await page.getByText('Copied Host was disconnected').count()).toBe(0);
  });
});
