/** The pages of a connection as its owner uses them in a browser: overview, market, orders and activity. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { revokeGrant } from '../../functions/src/store/credentials/grants.ts';
import { storeGrant } from '../../functions/src/testing/oauth/grants.ts';
import { api, signInAs, signInAsDemoUser } from '../console-client.ts';
import { database } from '../database.ts';
import { demoKey, demoSandbox } from '../demo-sandbox.ts';
import { callTool, failTool, rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { controlsOf } from './connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from './watched-page.ts';

const RESTING = {
  symbol: 'NVDA',
  side: 'BUY',
  quantity: 10,
  order_type: 'LMT',
  limit_price: 1,
  tif: 'GTC',
};
/** Of gains and losses. */
const SIGN_COLOURS = [
  ['light', 'rgb(8, 127, 91)', 'rgb(201, 42, 42)'],
  ['dark', 'rgb(56, 217, 169)', 'rgb(255, 135, 135)'],
] as const;
const MOST_SHELL_BYTES = 200_000;

let context: BrowserContext;
let page: Page;
let faults: string[];

eachWithPage({}, (fresh) => {
  ({ context, page, faults } = fresh);
});

/** A sandbox connection, with a key whose orders are sent at once. */
async function sandbox(): Promise<{ id: string; key: string }> {
  const { id } = await demoSandbox();
  return { id, key: await demoKey(id, 'none') };
}

const { openSignedIn } = controlsOf(() => page);
const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

/** Of the first gain or loss in the page. */
const signColour = (sign: 1 | -1) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('[data-sign="${sign}"]')).color`);

/** What a button saves as a file. */
async function saved(button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

const LONG = 'W'.repeat(60);

describe('the pages of a connection', () => {
  it('tell of orders that wait, wrap long names, and begin with the way to their content', async () => {
    const token = await signInAsDemoUser();
    const { body } = await api(token, 'POST', '/connections', { kind: 'sandbox', label: LONG });
    const { id } = (body as { connection: { id: string } }).connection;
    const key = await demoKey(id, 'owner', 'K'.repeat(60));
    const { approval_url } = await callTool('place_order', RESTING, key);
    await openSignedIn(`/connections/${id}`);
    await heading('1 order waits for you');
    await page.getByRole('link', { name: 'Orders 1 waiting for you' }).waitFor();
    await expectAccessible(page);
    for (const path of [`/connections/${id}/keys`, `/connections/${id}/limits`, String(approval_url)]) {
      await page.goto(new URL(path, demo().origin).href);
      await page
        .getByText(path.includes('approve') ? 'asked for this' : 'Stop trading')
        .first()
        .waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
      for (const width of [320, PHONE.width, 640]) {
        await page.setViewportSize({ width, height: PHONE.height });
        expect(
          await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
          path,
        ).toBeLessThanOrEqual(0);
      }
    }
    await page.setViewportSize(PHONE);
    const approve = await page.getByRole('button', { name: 'Approve' }).boundingBox();
    expect((approve?.y ?? Infinity) + (approve?.height ?? 0)).toBeLessThanOrEqual(PHONE.height);
  });

  it('ask at most six times a minute at rest', async () => {
    const { id } = await sandbox();
    await page.clock.install();
    await openSignedIn(`/connections/${id}`);
    const calls: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname.startsWith('/api/')) calls.push(request.url());
    });
    for (const path of ['', '/market?conid=4815747', '/orders', '/keys', '/limits']) {
      await page.goto(`${demo().origin}/connections/${id}${path}`);
      await page.getByRole('button', { name: /^Stop trading/ }).waitFor();
      await page.waitForLoadState('networkidle');
      calls.splice(0);
      for (let seconds = 0; seconds < 60; seconds += 5) {
        await page.clock.runFor(5_000);
        await page.waitForLoadState('networkidle');
      }
      expect(calls.length, `${path}: ${calls.join(' ')}`).toBeLessThanOrEqual(6);
    }
  });
});

describe('the shell', () => {
  it('loads little, and no charts', async () => {
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    });
    await openSignedIn('/connections');
    await heading('Connections');
    await page.waitForLoadState('networkidle');
    const bodies = await Promise.all(scripts);
    expect(bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)).toBeLessThan(MOST_SHELL_BYTES);
    expect(bodies.some((body) => body.includes('tradingview'))).toBe(false);
  });

  it('is found through by keyboard on a phone, and keeps the theme', async () => {
    await page.setViewportSize(PHONE);
    await openSignedIn('/connections');
    await heading('Connections');
    await page.reload();
    await heading('Connections');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    await page.getByRole('button', { name: demo().email }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Dark' }).focus();
    await page.keyboard.press('Space');
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await page.keyboard.press('Escape');
    await page.reload();
    await heading('Connections');
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark');

    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('Enter');
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await page.getByRole('link', { name: 'Help' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/help');
  });

  it('goes anywhere by what is typed, and keeps no first steps that were put away', async () => {
    // Whatever else was done on this stack, one of the steps is open.
    const none = { json: { items: [], nextCursor: null } };
    await page.route('**/api/channels', (route) => route.fulfill(none));
    await openSignedIn('/connections');
    await page
      .getByRole('region', { name: 'First steps' })
      .getByRole('link', { name: 'Allow news' })
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Put away' }).click();
    await page.reload();
    await heading('Connections');
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('region', { name: 'First steps' }).count()).toBe(0);

    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to a page' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.type('notific');
    await page.getByRole('option', { name: 'Notifications' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/notifications');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

describe('a part that is loaded on demand', () => {
  it('comes by itself when the device has a connection again', async () => {
    const { id } = await sandbox();
    await openSignedIn(`/connections/${id}`);
    await page.getByRole('table', { name: 'Positions' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByRole('heading', { level: 2, name: 'This part is not loaded yet' }).waitFor();
    await expectAccessible(page);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'New key' }).waitFor();
    faults.splice(0);
  });

  it('is asked for again after the site was renewed', async () => {
    const { id } = await sandbox();
    await openSignedIn(`/connections/${id}`);
    await page.route('**/assets/keys-tab*.js', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByText('This part could not be loaded').waitFor();
    expect(await page.getByRole('main').innerText()).not.toContain('http');
    await page.unroute('**/assets/keys-tab*.js');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'New key' }).waitFor();
    faults.splice(0);
  });
});

describe('the overview', () => {
  it('shows what the account is worth and holds, and sorts by keyboard', async () => {
    const { id, key } = await sandbox();
    await openSignedIn(`/connections/${id}`);
    await page.getByRole('img', { name: /^Net asset value over 1 year: from [\d,.]+ to/ }).waitFor();
    const table = page.getByRole('table', { name: 'Positions' });
    await table.waitFor();
    const symbols = () => table.locator('tbody tr td:first-child a').allInnerTexts();
    const { positions } = (await callTool('get_portfolio', {}, key)) as { positions: { symbol: string }[] };
    expect((await symbols()).toSorted()).toEqual(positions.map(({ symbol }) => symbol).toSorted());
    const worth = page.getByRole('definition').first();
    await worth.filter({ hasText: /^[\d,]+\.\d\d USD$/ }).waitFor();
    await page.getByText(/^Account ••••\w{3}$/).waitFor();
    for (const sign of [1, -1]) await page.locator(`[data-sign="${sign}"]`).first().waitFor();
    for (const [colorScheme, gain, loss] of SIGN_COLOURS) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect.poll(() => signColour(1)).toBe(gain);
      await expect.poll(() => signColour(-1)).toBe(loss);
    }
    await expectAccessible(page);

    await table.getByRole('button', { name: 'Symbol' }).focus();
    await page.keyboard.press('Enter');
    expect(await symbols()).toEqual(positions.map(({ symbol }) => symbol).toSorted());
    await page.keyboard.press('Enter');
    expect(await symbols()).toEqual(
      positions
        .map(({ symbol }) => symbol)
        .toSorted()
        .reverse(),
    );
    expect(await table.getByRole('columnheader', { name: 'Symbol' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  it('groups positions, has columns to choose, compares returns, and saves all of it', async () => {
    const { id } = await sandbox();
    await openSignedIn(`/connections/${id}`);
    const table = page.getByRole('table', { name: 'Positions' });
    await table.waitFor();
    await page.getByLabel('Group positions').selectOption('By currency');
    await table.getByRole('rowheader', { name: 'Total' }).waitFor();
    await page.getByText('Columns and files').click();
    await page.getByLabel('Asset class', { exact: true }).last().check();
    await page.getByLabel('Avg. price').uncheck();
    await page.reload();
    await table.getByRole('columnheader', { name: 'Asset class' }).waitFor();
    expect(await table.getByRole('columnheader', { name: 'Avg. price' }).count()).toBe(0);
    await page.getByText('Columns and files').click();
    const first = await saved('Save positions as CSV');
    expect(first.split('\r\n')[0]).toMatch(/^symbol,conid,.*day_change,day_percent/);
    expect(await saved('Save trades of the last week as CSV')).toMatch(/^execution_id,time,symbol/);

    await page.getByText('Return', { exact: true }).click();
    await page.getByLabel('Beside it').selectOption('SPY');
    await page.getByText(/SPY [+-][\d.]+.%, its dividends not counted/).waitFor();
    await page.getByText('6M', { exact: true }).click();
    await page.getByText(/over 6 months, deposits and withdrawals not counted/).waitFor();
    await expectAccessible(page);
    expect(await saved('Save as CSV')).toMatch(/^date,net_asset_value,cumulative_return_percent/);
  });

  it('says what is wrong and what to do, and goes on when it is right again', async () => {
    const { id } = await sandbox();
    const body = JSON.stringify({
      error: {
        code: 'session_expired',
        message: 'IBKR has no session.',
        hint: 'Log in there.',
        retryable: false,
      },
    });
    await page.route('**/tools/get_pnl', (route) => route.fulfill({ status: 422, body }));
    await openSignedIn(`/connections/${id}`);
    await page.getByRole('alert').getByText('IBKR has no session. Log in there.').waitFor();
    const worth = page.getByRole('definition').filter({ hasText: /^[\d,]+\.\d\d USD$/ });
    // What else was asked for is there all the same.
    await worth.first().waitFor();
    await page.getByRole('table', { name: 'Positions' }).waitFor();
    await page.getByRole('table', { name: 'Cash by currency' }).waitFor();
    await page.getByRole('img', { name: /^Net asset value/ }).waitFor();
    await expectAccessible(page);
    await page.unroute('**/tools/get_pnl');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.locator('dd [data-sign]').first().waitFor();
    expect(faults.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  it('shows nothing of somebody else’s connection', async () => {
    const stranger = await signInAs('stranger');
    const made = await api(stranger, 'POST', '/connections', { kind: 'sandbox', label: 'Not yours' });
    const { id } = (made.body as { connection: { id: string } }).connection;
    await openSignedIn(`/connections/${id}`);
    await heading('There is no such connection');
    await expectAccessible(page);
    expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true);
  });
});

describe('the market', () => {
  it('finds an instrument by keyboard and shows its price', async () => {
    const { id } = await sandbox();
    await openSignedIn(`/connections/${id}/market`);
    await page.getByRole('textbox', { name: 'Symbol or name' }).fill('Apple');
    await page.getByRole('option', { name: /AAPL APPLE INC NASDAQ/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await heading('AAPL');
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
  it('shows a new one by itself, cancels it after one question, and tells its life', async () => {
    const { id, key } = await sandbox();
    await openSignedIn(`/connections/${id}/orders`);
    await page.getByText('IBKR has no open order').waitFor();
    await callTool('place_order', RESTING, key);
    await page.getByRole('button', { name: 'Cancel: BUY 10 NVDA LMT limit 1 GTC' }).click();
    await page.getByRole('dialog').getByText('BUY 10 NVDA LMT limit 1 GTC').waitFor();
    await page.getByRole('button', { name: 'Cancel the order' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(await callTool('get_orders', { status: 'OPEN' }, key)).toMatchObject({
      orders: [{ symbol: 'NVDA' }],
    });

    await page.getByRole('button', { name: 'Cancel: BUY 10 NVDA LMT limit 1 GTC' }).press('Enter');
    await page.getByRole('button', { name: 'Cancel the order' }).press('Enter');
    await page.getByText('Cancelled: BUY 10 NVDA LMT limit 1 GTC').waitFor();
    expect(await callTool('get_orders', { status: 'OPEN' }, key)).toMatchObject({ orders: [] });
    await page.locator('summary', { hasText: 'Buy 10 NVDA' }).press('Enter');
    await page.getByText('Asked for', { exact: true }).waitFor();
    await expectAccessible(page);
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

describe('the activity', () => {
  it('is filtered, opened and exported, with nothing that a spreadsheet would run', async () => {
    const { id, key } = await sandbox();
    await openSignedIn(`/connections/${id}/activity`);
    await page.getByText('No app has called this connection').waitFor();
    await callTool('get_cash', {}, key);
    await failTool('get_quote', { symbol: 'NOSUCHX' }, key);
    await rpc('tools/call', { name: '=HYPERLINK("x")', arguments: {} }, { key });
    await callTool('place_order', RESTING, await demoKey(id, 'owner', 'asking'));

    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('summary', { hasText: 'get_cash' }).waitFor();
    const waiting = page.locator('summary', { hasText: 'BUY 10 NVDA LMT' });
    await waiting.getByText('Needs approval').waitFor();
    await page.getByText('Errors', { exact: true }).click();
    // Rows are made anew when the list of both filters is there: one that was opened before would be closed.
    const ofBoth = page.waitForResponse(/\/api\/audit\?(?=.*outcome=error)(?=.*app=)/);
    await page.getByRole('combobox', { name: 'App' }).selectOption({ label: await ownKeyLabel() });
    await ofBoth;
    await page.locator('summary', { hasText: 'get_cash' }).waitFor({ state: 'detached' });
    await waiting.waitFor({ state: 'detached' });
    await page.locator('summary', { hasText: 'get_quote' }).press('Enter');
    const opened = page.locator('details[open]');
    await opened.getByText('"symbol": "NOSUCHX"').waitFor();
    await opened.getByText('IBKR knows no instrument').waitFor();
    await opened.getByText('To do').waitFor();
    await expectAccessible(page);

    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const file = await (await saving).path();
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain(`"'=HYPERLINK(""x"")"`);
    expect(lines[2]).toContain('"get_quote","error","not_found"');

    await page.getByRole('combobox', { name: 'Tool' }).selectOption('get_cash');
    await page.getByText('No call of the last 90 days fits this filter.').waitFor();
    await page.getByRole('button', { name: 'Show all calls' }).click();
    await page.locator('summary', { hasText: 'get_cash' }).waitFor();
  });

  it('is searched, tells new calls as they come, and its use over time leads to the calls', async () => {
    const { id, key } = await sandbox();
    for (let n = 0; n < 3; n++) await callTool('get_cash', {}, key);
    await failTool('get_quote', { symbol: 'NOSUCHX' }, key);
    await openSignedIn(`/connections/${id}/activity`);
    await page.locator('summary', { hasText: 'get_quote' }).waitFor();

    // Three clicks, whatever else was called.
    await page.getByRole('combobox', { name: 'Time' }).selectOption('Last hour');
    await page.getByText('Errors', { exact: true }).click();
    await page.getByRole('searchbox', { name: 'Search' }).fill('nosuchx');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('Searched 1 call.').waitFor();
    expect(await page.getByRole('region', { name: 'Calls' }).locator('summary').count()).toBe(1);
    await expectAccessible(page);

    await page.goto(`${page.url().split('?')[0]}?tool=get_accounts`);
    await page.getByText('No call of the last').waitFor();
    await page.getByRole('checkbox', { name: 'Show new calls as they come' }).check();
    await callTool('get_accounts', {}, key);
    await page.locator('summary', { hasText: 'get_accounts' }).waitFor();

    await page.getByRole('combobox', { name: 'Tool' }).selectOption('Every tool');
    await page.getByText('Usage', { exact: true }).click();
    const row = page.getByRole('table', { name: 'Calls by tool' }).getByRole('row', { name: 'get_quote' });
    await row.waitFor();
    const cells = await row.getByRole('cell').allInnerTexts();
    expect(cells.slice(0, 3)).toEqual(['get_quote', '1', expect.stringMatching(/^1 \(100\.0.%\)$/)]);
    await expectAccessible(page);
    await row.getByRole('button', { name: 'get_quote' }).click();
    await page.locator('summary', { hasText: 'get_quote' }).waitFor();
    await page.locator('summary', { hasText: 'get_cash' }).waitFor({ state: 'detached' });
  });

  it('tells what the owner did in words', async () => {
    const { id } = await sandbox();
    const owner = await signInAsDemoUser();
    await api(owner, 'POST', `/connections/${id}/keys`, { label: 'night job' });
    await api(owner, 'PATCH', `/connections/${id}`, { label: 'Night' });
    await openSignedIn(`/connections/${id}/activity`);
    await page.locator('summary', { hasText: 'You changed the settings' }).waitFor();
    await page.getByText('No app has called this connection').waitFor();
    await page.getByRole('combobox', { name: 'Tool' }).selectOption('You made the key');
    await page.locator('summary', { hasText: 'You changed' }).waitFor({ state: 'detached' });
    await page.locator('summary', { hasText: 'You made the key night job' }).press('Enter');
    const opened = page.locator('details[open]');
    await opened.getByText('You, in the console, from 127.0.0.1').waitFor();
    await opened.getByText('It was done').waitFor();
  });

  it('is saved for all connections, with the chain of each', async () => {
    const [{ id, key }, other] = [await sandbox(), await sandbox()];
    for (let n = 0; n < 3; n++) await callTool('get_cash', {}, key);
    await callTool('get_cash', {}, other.key);
    await openSignedIn(`/connections/${id}/activity`);
    await page.locator('summary', { hasText: 'get_cash' }).first().waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export all as JSON lines' }).click();
    const lines = (await readFile(await (await saving).path(), 'utf8')).trimEnd().split('\n');
    const all = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(all.filter(({ connectionId }) => connectionId === other.id)).toHaveLength(1);
    const records = all.filter(({ connectionId }) => connectionId === id);
    expect(records.map(({ tool, sequence }) => [tool, sequence])).toEqual([
      ['get_cash', 1],
      ['get_cash', 2],
      ['get_cash', 3],
    ]);
    expect(records.slice(1).map(({ previous }) => previous)).toEqual(
      records.slice(0, 2).map(({ hash }) => hash),
    );
  });

  async function ownKeyLabel(): Promise<string> {
    const option = page.getByRole('combobox', { name: 'App' }).getByRole('option', { name: /^Key bot/ });
    await option.waitFor({ state: 'attached' });
    return option.innerText();
  }
});

describe('a connection', () => {
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
