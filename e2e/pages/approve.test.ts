/** What an owner does in a browser: sign in, say yes or no to an order, stop trading. */
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listIntents } from '../../functions/src/store/orders/order-intents.ts';
import { api, signIn, signInAsDemoUser } from '../console-client.ts';
import { database } from '../database.ts';
import { demoKey, demoSandbox } from '../demo-sandbox.ts';
import { callTool, rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { ordersAt } from '../sandbox.ts';
import { eachWithPage, expectAccessible, PHONE } from './watched-page.ts';

const BUY = { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'MKT' };
const RESTING = { ...BUY, order_type: 'LMT', limit_price: 1, tif: 'GTC' };

let context: BrowserContext;
let page: Page;
/** What went wrong in the page without a test looking: console errors, exceptions, requests off this machine. */
let faults: string[];

eachWithPage({ viewport: PHONE, hasTouch: true, isMobile: true }, (fresh) => {
  ({ page, context, faults } = fresh);
});

/** A sandbox connection, with the key of a program whose orders the owner approves. */
async function sandbox(fields?: Parameters<typeof demoSandbox>[0]): Promise<{ id: string; key: string }> {
  const { id } = await demoSandbox(fields);
  return { id, key: await demoKey(id, 'owner') };
}

/** The address where the owner of an order that somebody asked for says yes. */
async function approvalUrl(order: object, key: string): Promise<string> {
  const waits = await callTool('place_order', { ...order }, key);
  return z.object({ approval_url: z.string() }).parse(waits).approval_url;
}

/** Opens an address and signs in there. */
async function openSignedIn(url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Continue as the demo user' }).tap();
  await page.getByRole('button', { name: demo().email }).waitFor();
}

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const tap = (name: string) => page.getByRole('button', { name }).tap();

describe('an order that waits for its owner', () => {
  it('is approved on a phone and sent once', async () => {
    const { key } = await sandbox({ label: 'Retirement' });
    await page.goto(await approvalUrl(BUY, key));
    await heading('Sign in');
    await expectAccessible(page);
    await tap('Continue as the demo user');

    await heading('Buy 10 NVDA');
    const shown = await page.getByRole('main').innerText();
    expect(shown).toContain('at market, today only');
    expect(shown).toContain('Paper');
    expect(shown).toMatch(/Retirement, account ••••\w{3}\b/);
    expect(shown).toMatch(/Estimated cost\s+1,\d{3}\.\d{2}\sUSD/);
    expect(shown).toMatch(/Commission\s+\d+\.\d{2}\sUSD/);
    expect(shown).toMatch(/Initial margin\s+from [\d,.]+ to [\d,.]+\sUSD/);
    expect(shown).toMatch(/Price then\s+[\d.]+\sUSD, bid [\d.]+, ask [\d.]+/);
    expect(shown).toMatch(/Expires in 1[45]:\d\d/);
    await page.getByRole('row', { name: /^Price now \d/ }).waitFor();
    await expectAccessible(page);
    expect(await ordersAt(key)).toEqual([]);

    await tap('Approve');
    await page.getByText(/^Filled: bought 10 NVDA at [\d.]+\sUSD$/).waitFor();
    await expectAccessible(page);
    expect(await ordersAt(key)).toMatchObject([{ symbol: 'NVDA', quantity: 10, status: 'Filled' }]);

    await page.reload();
    await page.getByText(`Approved by ${demo().email}`).waitFor();
    expect(await page.getByRole('button', { name: /Approve|Decline/ }).count()).toBe(0);
  });

  it('is big enough for a thumb, with both answers alike', async () => {
    const { key } = await sandbox();
    await openSignedIn(await approvalUrl(BUY, key));
    const [approve, reject] = await Promise.all(
      ['Approve', 'Decline'].map((name) => page.getByRole('button', { name }).boundingBox()),
    );
    expect(approve?.height).toBeGreaterThanOrEqual(56);
    expect({ width: reject?.width, height: reject?.height, y: reject?.y }).toEqual({
      width: approve?.width,
      height: approve?.height,
      y: approve?.y,
    });
    expect((approve?.y ?? 0) + (approve?.height ?? 0)).toBeLessThanOrEqual(PHONE.height);
    expect(approve?.y).toBeGreaterThan(PHONE.height / 2);
  });

  it('is declined, and nothing is sent', async () => {
    const { key } = await sandbox();
    await openSignedIn(await approvalUrl(RESTING, key));
    await heading('Buy 10 NVDA');
    await page.getByText('for at most 1.00 USD each, until it fills or is cancelled').waitFor();
    await tap('Decline');
    await page.getByText('Nothing was sent', { exact: true }).waitFor();
    expect(await ordersAt(key)).toEqual([]);
  });

  it('can be decided on with the keyboard alone', async () => {
    const { key } = await sandbox();
    await openSignedIn(await approvalUrl(BUY, key));
    await page.reload();
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    // Past the way to the content, the site's name, the account and the menu to what IBKR said of it and the two answers.
    for (let tabs = 0; tabs < 8 && (await approve.and(page.locator(':focus')).count()) === 0; tabs++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText(/^Filled: /).waitFor();
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it('shows what IBKR asks, and goes on when that is accepted', async () => {
    const { id, key } = await sandbox({ acceptedWarnings: [] });
    await openSignedIn(await approvalUrl(BUY, key));
    await tap('Approve');
    await page.getByText('Before it takes the order, IBKR asks').waitFor();
    await expectAccessible(page);
    expect(await listIntents(database(), id, ['needs_reply'])).toHaveLength(1);
    await tap('Accept and send');
    await page.getByText(/^Filled: /).waitFor();
    await page
      .getByText(/^Accepted on the way: /)
      .first()
      .waitFor();
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it('says why it was refused, and still waits', async () => {
    const { id, key } = await sandbox();
    const url = await approvalUrl(BUY, key);
    await database()
      .doc(`connections/${id}`)
      .update({ limits: { maxDailyOrders: 0 } });
    await openSignedIn(url);
    await tap('Approve');
    await page.getByRole('alert').getByText('One of your limits forbids this order').waitFor();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await expectAccessible(page);
    expect(await ordersAt(key)).toEqual([]);
    expect(faults.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  it('is said to be too late when its time is over', async () => {
    const { key } = await sandbox();
    const url = await approvalUrl(BUY, key);
    await page.clock.install();
    await openSignedIn(url);
    await heading('Buy 10 NVDA');
    await page.clock.fastForward('16:00');
    await page.getByText('The time to approve this order is over').waitFor();
    expect(await page.getByRole('button', { name: /Approve|Decline/ }).count()).toBe(0);
    await expectAccessible(page);
  });

  it('is not sent later when the device is offline', async () => {
    const { key } = await sandbox();
    await openSignedIn(await approvalUrl(BUY, key));
    await page.getByRole('row', { name: /^Price now \d/ }).waitFor();
    await context.setOffline(true);
    await tap('Approve');
    await page.getByRole('alert').getByText('You are offline').waitFor();
    await context.setOffline(false);
    await page.getByText('Price now').waitFor();
    expect(await ordersAt(key)).toEqual([]);
    await tap('Approve');
    await page.getByText(/^Filled: /).waitFor();
    expect(await ordersAt(key)).toHaveLength(1);
    const unexpected = faults.splice(0).filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'));
    expect(unexpected).toEqual([]);
  });

  it('takes no second answer before the page has looked what became of a lost one', async () => {
    const { key } = await sandbox();
    await openSignedIn(await approvalUrl(BUY, key));
    await heading('Buy 10 NVDA');
    await page.route('**/api/intents/*', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      await context.setOffline(true);
      await route.abort('internetdisconnected');
    });
    await tap('Approve');
    await page.getByRole('alert').getByText('The answer was lost').waitFor();
    expect(await page.getByRole('main').innerText()).not.toContain('Nothing');
    for (const name of ['Approve', 'Decline']) {
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
    await expectAccessible(page);
    await page.unroute('**/api/intents/*');
    await context.setOffline(false);
    await page.getByText(/^Filled: /).waitFor();
    expect(await ordersAt(key)).toHaveLength(1);
    expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('ERR_INTERNET_DISCONNECTED'));
  });

  it('still waits when the answer was lost on its way', async () => {
    const { key } = await sandbox();
    await openSignedIn(await approvalUrl(BUY, key));
    await heading('Buy 10 NVDA');
    await page.route('**/api/intents/*', (route) =>
      route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue(),
    );
    await tap('Approve');
    await page.getByRole('alert').getByText('Your answer has not arrived').waitFor();
    expect(await ordersAt(key)).toEqual([]);
    await page.unroute('**/api/intents/*');
    await tap('Approve');
    await page.getByText(/^Filled: /).waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('ERR_CONNECTION_RESET')]);
  });

  it('shows what was decided elsewhere', async () => {
    const { key } = await sandbox();
    const url = await approvalUrl(BUY, key);
    await openSignedIn(url);
    await heading('Buy 10 NVDA');
    const owner = await signInAsDemoUser();
    const path = new URL(url).pathname.replace('/approve/', '/intents/');
    expect(await api(owner, 'POST', path, { decision: 'reject' })).toMatchObject({ status: 200 });
    await page.getByText('Nothing was sent', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /Approve|Decline/ }).count()).toBe(0);
  });

  it('can be asked for again when the gateway fails', async () => {
    const { key } = await sandbox();
    const url = await approvalUrl(BUY, key);
    await page.route('**/api/intents/*', (route) => route.fulfill({ status: 503, body: 'busy' }));
    await openSignedIn(url);
    await heading('Approve an order');
    await page.getByRole('alert').getByText('Something went wrong').waitFor();
    await expectAccessible(page);
    await page.unroute('**/api/intents/*');
    await tap('Try again');
    await heading('Buy 10 NVDA');
    expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('503'));
  });
});

describe('a page that waits', () => {
  it('shows its outline, then says that it takes long', async () => {
    const { key } = await sandbox();
    const url = await approvalUrl(BUY, key);
    const answer = Promise.withResolvers<void>();
    await page.route('**/api/intents/*', async (route) => {
      await answer.promise;
      await route.continue();
    });
    await page.clock.install();
    await openSignedIn(url);
    await page.getByText('Loading').waitFor({ state: 'attached' });
    expect(await page.getByRole('progressbar').count()).toBe(0);
    await page.clock.fastForward(1_500);
    await page.getByRole('progressbar', { name: 'Waiting for an answer' }).waitFor();
    await page.clock.fastForward(10_000);
    await page.getByText('Still waiting: it can take up to a minute.').waitFor();
    await expectAccessible(page);
    answer.resolve();
    await heading('Buy 10 NVDA');
  });

  it('comes back to the order after a sign-in that had ended', async () => {
    const { key } = await sandbox();
    const url = await approvalUrl(BUY, key);
    const body = JSON.stringify({ error: { code: 'signed_out', message: 'The sign-in has ended.' } });
    await page.route('**/api/**', (route) =>
      route.request().url().endsWith('/config') ? route.continue() : route.fulfill({ status: 401, body }),
    );
    await page.goto(url);
    await tap('Continue as the demo user');
    await page.getByText('Your sign-in has ended').waitFor();
    await page.getByText('Sign in to see the order and decide on it.').waitFor();
    await expectAccessible(page);
    await page.unroute('**/api/**');
    await tap('Continue as the demo user');
    await heading('Buy 10 NVDA');
    expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('401'));
  });
});

describe('an order that is not one’s own', () => {
  it('is not found, like one that does not exist', async () => {
    const stranger = await signIn({ sub: 'other-trader', email: 'other@example.com' });
    const made = await api(stranger, 'POST', '/connections', { kind: 'sandbox' });
    const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(made.body);
    const path = `/connections/${connection.id}/keys`;
    const minted = await api(stranger, 'POST', path, { label: 'bot', approval: 'owner' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(minted.body);
    await openSignedIn(await approvalUrl(BUY, apiKey));
    await heading('Order not found');
    expect(await page.getByRole('main').innerText()).not.toContain('NVDA');
    await page.goto(`${demo().origin}/approve/nothing`);
    await heading('Order not found');
    await expectAccessible(page);
    expect(faults.splice(0)).toEqual([expect.stringContaining('404'), expect.stringContaining('404')]);
  });
});

describe('the connections', () => {
  it('show what waits, and stop trading', async () => {
    const { id, key } = await sandbox({ label: 'To be stopped' });
    const bot = await demoKey(id, 'none');
    await callTool('place_order', RESTING, bot);
    await approvalUrl(BUY, key);
    await page.clock.install();
    await openSignedIn(`${demo().origin}/connections`);
    const card = page.getByRole('article', { name: 'To be stopped' });
    await card.getByRole('link', { name: 'Buy 10 NVDA' }).waitFor();
    expect(await card.innerText()).toContain('Paper');
    expect(await card.innerText()).toMatch(/Expires in 1[45]:\d\d/);
    await approvalUrl({ ...BUY, quantity: 2 }, key);
    // The page looks again once a minute.
    await page.clock.fastForward(60_000);
    await card.getByText('2 orders wait for you').waitFor();
    await expectAccessible(page);

    await card.getByRole('button', { name: 'Stop trading' }).tap();
    await page.getByRole('dialog', { name: 'Stop trading on To be stopped?' }).waitFor();
    await expectAccessible(page);
    await tap('Keep trading');
    expect((await rpc('tools/list', {}, { key: bot })).status).toBe(200);

    await card.getByRole('button', { name: 'Stop trading' }).tap();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop trading' }).tap();
    await card.getByText('No order of its accounts works any more.').waitFor();
    await card.getByText('Every order on this connection is refused.').waitFor();
    await expectAccessible(page);
    expect((await rpc('tools/list', {}, { key: bot })).status).toBe(401);
    const reader = await demoKey(id, 'none');
    await expect.poll(() => ordersAt(reader)).toMatchObject([{ status: 'Cancelled' }]);
  });

  it('say whether a stop arrived whose answer was lost', async () => {
    const { id } = await sandbox({ label: 'To be stopped twice' });
    await openSignedIn(`${demo().origin}/connections/${id}/settings`);
    const stop = async () => {
      await tap('Stop trading on To be stopped twice');
      await page.getByRole('dialog').getByRole('button', { name: 'Stop trading' }).tap();
    };
    await page.route('**/panic', (route) => route.abort('connectionreset'));
    await stop();
    await page.getByRole('alert').getByText('The stop has not arrived').waitFor();
    await page.unroute('**/panic');
    await page.route('**/panic', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await stop();
    await page.getByText('Trading is stopped since').waitFor();
    await page.getByText('Make sure that its keys and connected apps ended').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('ERR_CONNECTION_RESET'));
  });

  it('are left by signing out', async () => {
    await openSignedIn(`${demo().origin}/connections`);
    await heading('Connections');
    await tap(demo().email);
    await tap('Sign out');
    await heading('Sign in');
    await page.reload();
    await heading('Sign in');
    await page.goto(`${demo().origin}/help`);
    await page.goBack();
    await heading('Sign in');
  });
});
