/** The console as its owner uses it in a browser: the shell, parts that are loaded on demand, market and orders. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { revokeGrant } from '../../functions/src/store/credentials/grants.ts';
import { storeGrant } from '../../functions/src/testing/oauth/grants.ts';
import { api, signInAs, signInAsDemoUser } from '../console-client.ts';
import { database } from '../database.ts';
import { demoKey, demoSandbox, sandbox } from '../demo-sandbox.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { orderElsewhere, RESTING } from '../sandbox.ts';
import { controlsOf } from './connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from './watched-page.ts';

const MOST_SHELL_BYTES = 200_000;

let context: BrowserContext;
let page: Page;
let faults: string[];

eachWithPage({}, (fresh) => {
  ({ context, page, faults } = fresh);
});

const { openSignedIn } = controlsOf(() => page);
const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

/** How far a page's parts were moved by what came later, as browsers reckon it: above 0.1, Google calls it poor. */
const WATCH_SHIFTS = `window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
  }).observe({ type: 'layout-shift', buffered: true });`;
const MOST_SHIFTED = 0.05;
const shifted = () => page.evaluate<number>('window.shifted');

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

  it('ask at most six times a minute, also while an order works, and move nothing', async () => {
    const { id, key } = await sandbox();
    await callTool('place_order', RESTING, key);
    await page.clock.install();
    await page.addInitScript(WATCH_SHIFTS);
    await openSignedIn(`/connections/${id}`);
    /** What was asked for since the page was opened, and of that what was asked for again. */
    const asked = new Set<string>();
    const again: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!new URL(url).pathname.startsWith('/api/')) return;
      if (asked.has(url)) again.push(url);
      asked.add(url);
    });
    for (const path of ['', `/${id}`, `/${id}/market?conid=4815747`, `/${id}/orders`, `/${id}/activity`]) {
      asked.clear();
      await page.goto(`${demo().origin}/connections${path}`);
      await page
        .getByRole('button', { name: /^Stop trading/ })
        .first()
        .waitFor();
      await page.waitForLoadState('networkidle');
      again.splice(0);
      for (let seconds = 0; seconds < 60; seconds += 5) {
        await page.clock.runFor(5_000);
        await page.waitForLoadState('networkidle');
      }
      expect(again.length, `${path}: ${again.join(' ')}`).toBeLessThanOrEqual(6);
      expect(await shifted(), path).toBeLessThanOrEqual(MOST_SHIFTED);
    }
  });

  it('leave a phone to their content, however long the name, and whatever there is to be done', async () => {
    const token = await signInAsDemoUser();
    const url = `http://${demo().simulator}`;
    const live = { kind: 'gateway', mode: 'live', label: LONG, url };
    const { body } = await api(token, 'POST', '/connections', live);
    const { id } = (body as { connection: { id: string } }).connection;
    await page.setViewportSize(PHONE);
    await openSignedIn(`/connections/${id}`);
    await page.getByText('Set the connection to paper in its settings').first().waitFor();
    await page.getByText('Live · real money').waitFor();
    const tabs = await page.getByRole('navigation', { name: LONG }).boundingBox();
    expect((tabs?.y ?? Infinity) + (tabs?.height ?? 0)).toBeLessThan(250);
    await expectAccessible(page);

    const grant = { ownerUid: demo().uid, connectionId: id, clientName: 'Copied Host' };
    await revokeGrant(database(), await storeGrant(database(), grant), true);
    await api(token, 'PATCH', `/connections/${id}`, { limits: { trading: false } });
    await page.reload();
    await page.getByText('Copied Host was disconnected').waitFor();
    await page.getByText('Trading is stopped').waitFor();
    const below = await page.getByRole('navigation', { name: LONG }).boundingBox();
    expect((below?.y ?? Infinity) + (below?.height ?? 0)).toBeLessThan(250);
    await expectAccessible(page);
    faults.splice(0);
  });

  it.each([
    ['orders', '**/tools/get_orders', '••••'],
    ['apps', '**/api/apps?*', 'Paper · no real money'],
  ])('move nothing on the narrowest phone when their %s come', async (path, read, drawn) => {
    const { id } = await sandbox();
    await page.addInitScript(WATCH_SHIFTS);
    await page.setViewportSize({ width: 320, height: 568 });
    await openSignedIn('/account');
    const rest = Promise.withResolvers<void>();
    await page.route(read, async (route) => {
      await rest.promise;
      await route.continue();
    });
    await page.goto(`${demo().origin}/connections/${id}/${path}`);
    await page.getByText(drawn).first().waitFor();
    await page.locator('main .mantine-Skeleton-root').first().waitFor();
    rest.resolve();
    await page.locator('main .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle');
    expect(await shifted()).toBeLessThanOrEqual(MOST_SHIFTED);
  });

  it.each([
    ['all of an overview', '/connections/*', '/tools/get_*', 'Net liquidation', true],
    ['a part of its figures', '/connections/*', '/tools/get_pnl', 'Net liquidation', false],
    ['a quote', '/connections/*/market?conid=4815747', '/tools/get_*', 'Previous close', true],
    ['what is told of all connections', '/connections', '/api/glance', 'Stop trading', false],
  ])(
    'move nothing on a phone when %s fails after its outline was drawn',
    async (_, path, read, drawn, isGone) => {
      const { id } = await sandbox();
      await page.addInitScript(WATCH_SHIFTS);
      await page.setViewportSize(PHONE);
      await openSignedIn('/account');
      const outline = Promise.withResolvers<void>();
      const error = { code: 'ibkr_unavailable', message: 'IBKR is away.', hint: 'Wait.', retryable: true };
      await page.route(`**${read}`, async (route) => {
        await outline.promise;
        await route.fulfill({ status: 422, json: { error } });
      });
      await page.goto(demo().origin + path.replace('*', id));
      const figures = page.getByText(drawn, { exact: true }).first();
      await figures.waitFor();
      outline.resolve();
      await page.getByRole('alert').getByText('IBKR is away. Wait.').first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await figures.isVisible()).toBe(!isGone);
      expect(await shifted()).toBeLessThanOrEqual(MOST_SHIFTED);
      await expectAccessible(page);
      faults.splice(0);
    },
  );

  it.each([
    ['overview', '', 'Columns and files'],
    ['orders', '/orders', 'You cannot enter orders here'],
  ])('show their %s without orders that come late, which move nothing', async (_, path, drawn) => {
    const { id } = await sandbox();
    await callTool('place_order', RESTING, await demoKey(id, 'owner', 'asking'));
    await page.addInitScript(WATCH_SHIFTS);
    await page.setViewportSize(PHONE);
    await openSignedIn('/account');
    const rest = Promise.withResolvers<void>();
    await page.route('**/intents?waiting=true', async (route) => {
      await rest.promise;
      await route.continue();
    });
    await page.goto(`${demo().origin}/connections/${id}${path}`);
    await page.getByText(drawn).waitFor();
    rest.resolve();
    await page.getByRole('link', { name: /^Buy 10 NVDA/ }).waitFor();
    expect(await shifted()).toBeLessThanOrEqual(MOST_SHIFTED);
    await expectAccessible(page);
  });
});

describe('all connections', () => {
  it('are searched by name, account and app, and by parts of several', async () => {
    const label = `Needle ${randomUUID()}`;
    const { id } = await demoSandbox({ label });
    await storeGrant(database(), { ownerUid: demo().uid, connectionId: id, clientName: 'Rare Host' });
    for (let count = 0; count < 4; count++) await demoSandbox({ label: 'Hay' });
    await openSignedIn('/connections');
    const found = page.getByRole('article');
    await page.getByRole('article', { name: label }).getByText('Rare Host').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search connections' });
    for (const text of [label.toUpperCase(), `${label.slice(-8)} rare sandbox`]) {
      await search.fill(text);
      await page
        .getByRole('status')
        .getByText(/^1 of \d+ connections$/)
        .waitFor();
      await found.getByText(label).waitFor();
      expect(await found.count()).toBe(1);
    }
    await expectAccessible(page);
    await search.fill('neither this nor that');
    await page.getByText(/^0 of \d+ connections$/).waitFor();
    expect(await found.count()).toBe(0);
  });
});

describe('the title of a page that shows no orders', () => {
  it.each(['news', 'notifications', 'account'])('tells on /%s how many wait', async (path) => {
    const { id } = await sandbox();
    await callTool('place_order', RESTING, await demoKey(id, 'owner', 'asking'));
    await openSignedIn(`/${path}`);
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) /);
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

    // An address that has no room says that it goes on.
    await page.setViewportSize({ width: 320, height: PHONE.height });
    const cut = await page.evaluate<string>(`(() => {
      const who = [...document.querySelectorAll('[popovertarget="account"] span')].at(-1);
      return who.scrollWidth > who.clientWidth ? getComputedStyle(who).textOverflow : 'whole';
    })()`);
    expect(cut).toBe('ellipsis');
    await page.setViewportSize(PHONE);
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
    // The title of a page is no dimmer than those of its cards.
    const colour = (order: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('main ${order}')).color`);
    expect(await colour('h1')).toBe(await colour('h2'));

    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('Enter');
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await page.getByRole('link', { name: 'Help' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/help');
    await heading('Help');
    // Nothing but its colour says that a topic can be followed.
    await page.locator('main a[href^="/help/"]').first().waitFor();
    const [topic, text] = await Promise.all(['a[href^="/help/"]', 'h1'].map(colour));
    expect(topic).not.toBe(text);
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
    await page.getByRole('button', { name: 'Put away' }).press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.reload();
    await heading('Connections');
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('region', { name: 'First steps' }).count()).toBe(0);

    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to a page' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.type('limits sandbox');
    await page
      .getByRole('option', { name: /^Sandbox .*: Limits/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('notific');
    await page.getByRole('option', { name: 'Notifications' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/notifications');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // A short page fits the screen, and begins where the frame does.
    await heading('Notifications');
    expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
    const [brand, title] = await Promise.all(
      ['header a[href="/"]', 'main h1'].map((which) => page.locator(which).boundingBox()),
    );
    expect(title?.x).toBe(brand?.x);
  });
});

describe('a sign-in that has ended', () => {
  it.each([
    ['a page', '/notifications', 'Sign in to see this page.'],
    ['a consent', '/consent/none', 'An app asks for access to your account.'],
  ])('takes the place of %s at once, and nothing moves', async (_, path, words) => {
    await openSignedIn('/account');
    await page.addInitScript(WATCH_SHIFTS);
    // Firebase takes its time to forget somebody.
    await page.addInitScript(`const { addEventListener } = EventTarget.prototype;
      EventTarget.prototype.addEventListener = function (type, listener, options) {
        const isLate = this instanceof IDBRequest && type === 'success';
        addEventListener.call(this, type, isLate ? (event) => setTimeout(listener, 200, event) : listener, options);
      };`);
    await page.addInitScript(`new MutationObserver(() => {
      window.saidFailed ||= document.querySelector('main')?.textContent.includes('Try again');
    }).observe(document, { subtree: true, childList: true })`);
    await page.setViewportSize(PHONE);
    await page.route('**/assets/asking-app-*.js', () => {});
    const json = { error: { code: 'signed_out', message: 'The sign-in has ended.' } };
    await page.route('**/api/**', (route) =>
      route.request().url().endsWith('/config') ? route.continue() : route.fulfill({ status: 401, json }),
    );
    await page.goto(demo().origin + path);
    await page.getByText('Your sign-in has ended.').waitFor();
    await page.getByText(words).waitFor();
    expect(await page.evaluate<boolean | undefined>('window.saidFailed')).toBeFalsy();
    expect(await shifted()).toBeLessThanOrEqual(MOST_SHIFTED);
    faults.splice(0);
  });
});

describe('a part that is loaded on demand', () => {
  it('comes by itself when the device has a connection again', async () => {
    const { id } = await sandbox();
    await page.addInitScript(WATCH_SHIFTS);
    await page.setViewportSize(PHONE);
    await openSignedIn('/account');
    await page.goto(`${demo().origin}/connections/${id}`);
    await page.getByRole('table', { name: 'Positions' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('status').getByText('You are offline.').waitFor();
    expect(await shifted()).toBeLessThanOrEqual(MOST_SHIFTED);
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
    await heading('NVDA');
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
    await page.addInitScript(WATCH_SHIFTS);
    await page.setViewportSize(PHONE);
    await openSignedIn(`/connections/${id}/orders`);
    const rows = page.locator('summary');
    await rows.filter({ hasText: 'NVDA' }).waitFor();
    await page.getByText('This is what the gateway knows.').waitFor();
    await expectAccessible(page);
    await page.evaluate('window.shifted = 0');
    list.resolve();
    await rows.filter({ hasText: 'SPY' }).waitFor();
    expect(await rows.first().innerText()).toContain('NVDA');
    expect(await page.getByText('This is what the gateway knows.').count()).toBe(0);
    expect(await shifted()).toBeLessThanOrEqual(MOST_SHIFTED);
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
