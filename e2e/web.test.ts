import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Contract, Intent, Ticket } from '../web/src/api/answers.ts';
import { orderWords } from '../web/src/orders/order-words.ts';
import { outcomeWords } from '../web/src/orders/outcome-words.ts';
import { openBrowser, UNTRUSTED_HOST } from './browser.ts';

const WEB = fileURLToPath(new URL('../web', import.meta.url));

let outDir: string;
let server: PreviewServer;
let browser: Browser;
let port: number;
let origin: string;
let context: BrowserContext;
/** What went wrong in the page without a test looking: console errors, exceptions, foreign requests. */
let faults: string[];

beforeAll(async () => {
  // vitest sets "test", with which Vite would bundle React's development build.
  vi.stubEnv('NODE_ENV', 'production');
  outDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-web-'));
  await build({ root: WEB, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  server = await preview({
    root: WEB,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, allowedHosts: [UNTRUSTED_HOST] },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The preview server has no port.');
  port = address.port;
  origin = `http://127.0.0.1:${port}`;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

beforeEach(async () => {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  faults = [];
});

afterEach(async () => {
  await context.close();
  expect(faults).toEqual([]);
});

async function open(path: string, from = origin): Promise<Page> {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(from)) faults.push(`request to ${request.url()}`);
  });
  await page.goto(from + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

function clipboardOf(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** Pixels by which the page is wider than the window. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

describe('the first page', () => {
  it('says what the service is, where it is and what is simulated', async () => {
    const page = await open('/');
    expect(await page.title()).toBe('IBKR Gateway');
    const text = await page.getByRole('main').textContent();
    expect(text).toContain('a bridge between AI hosts');
    expect(text).toContain(`${origin}/mcp`);
    expect(text).toContain('Only sandbox accounts take orders');
    expect(text).toContain('real money');
  });

  it('copies the endpoint', async () => {
    const page = await open('/');
    await page.getByRole('button', { name: 'Copy MCP endpoint' }).click();
    await page.getByRole('status').getByText('Copied').waitFor({ state: 'attached' });
    expect(await clipboardOf(page)).toBe(`${origin}/mcp`);
  });

  it.each([
    [
      'curl',
      (endpoint: string) =>
        `curl -sS ${endpoint} -H "Authorization: Bearer ibkr_..." -H "Content-Type: application/json" -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
    ],
    [
      'Claude Code',
      (endpoint: string) =>
        `claude mcp add --transport http ibkr ${endpoint} --header "Authorization: Bearer ibkr_..."`,
    ],
  ])('gives the command for %s to copy', async (client, command) => {
    const page = await open('/');
    await page.getByRole('tab', { name: client }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: `Copied text for ${client}` }).waitFor();
    expect(await clipboardOf(page)).toBe(command(`${origin}/mcp`));
  });

  it.each([
    ['Cursor', 'mcpServers', {}],
    ['VS Code', 'servers', { type: 'http' }],
  ])('gives the mcp.json for %s to copy', async (client, field, type) => {
    const page = await open('/');
    await page.getByRole('tab', { name: client }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: `Copied text for ${client}` }).waitFor();
    const entry = { ...type, url: `${origin}/mcp`, headers: { Authorization: 'Bearer ibkr_...' } };
    expect(JSON.parse(await clipboardOf(page))).toEqual({ [field]: { ibkr: entry } });
  });

  it('can be used with the keyboard alone', async () => {
    const page = await open('/');
    await page.getByRole('tab', { name: 'curl' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copied text for Claude Code' }).waitFor();
    expect(await clipboardOf(page)).toContain('claude mcp add');
  });

  it('says so where the browser does not let it copy', async () => {
    const page = await open('/', `http://${UNTRUSTED_HOST}:${port}`);
    await page.getByRole('button', { name: 'Copy MCP endpoint' }).click();
    await page.getByText('Select the text and copy it by hand').waitFor();
    expect(await page.getByRole('main').textContent()).toContain(`http://${UNTRUSTED_HOST}:${port}/mcp`);
  });
});

describe('an address without a page', () => {
  it('is named, with a way back', async () => {
    const page = await open('/no/such/page');
    expect(await page.title()).toBe('Page not found · IBKR Gateway');
    expect(await page.getByRole('main').textContent()).toContain('/no/such/page');
    await page.getByRole('link', { name: 'Go to the first page' }).click();
    await page.getByRole('heading', { name: 'Connect an AI host' }).waitFor();
    expect(page.url()).toBe(`${origin}/`);
  });
});

describe.each([1280, 390])('at a width of %i', (width) => {
  it.each(['light', 'dark'] as const)('is accessible in the %s scheme', async (colorScheme) => {
    for (const path of ['/', '/no/such/page']) {
      const page = await open(path);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }))).toEqual([]);
    }
  });

  it('never scrolls sideways', async () => {
    const missing = await open(`/${'a-very-long-address'.repeat(20)}`);
    await missing.setViewportSize({ width, height: 900 });
    expect(await overflowOf(missing)).toBe(0);
    const page = await open('/');
    await page.setViewportSize({ width, height: 900 });
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      expect(await overflowOf(page)).toBe(0);
    }
  });
});

describe('an order in words', () => {
  const NVDA = { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' };
  const words = (ticket: Partial<Ticket>, contract: Contract = NVDA) =>
    orderWords({
      accountId: 'DU1234567',
      contract,
      ticket: {
        side: 'BUY',
        orderType: 'MKT',
        tif: 'DAY',
        ...(ticket.cashQuantity === undefined && { quantity: 10 }),
        ...ticket,
      },
    });

  it.each<[Partial<Ticket>, string, string]>([
    [{}, 'Buy 10 NVDA', 'at market, today only'],
    [{ side: 'SELL', quantity: 0.5 }, 'Sell 0.5 NVDA', 'at market, today only'],
    [
      { cashQuantity: 500, tif: 'IOC' },
      'Buy 500.00 USD of NVDA',
      'at market, at once: what does not fill is cancelled',
    ],
    [
      { orderType: 'LMT', limitPrice: 170, tif: 'GTC' },
      'Buy 10 NVDA',
      'for at most 170.00 USD each, until it fills or is cancelled',
    ],
    [
      { side: 'SELL', orderType: 'LMT', limitPrice: 1234.5678, tif: 'OPG' },
      'Sell 10 NVDA',
      'for at least 1,234.5678 USD each, when the market opens',
    ],
    [
      { side: 'SELL', orderType: 'STP', stopPrice: 150 },
      'Sell 10 NVDA',
      'at market once the price falls to 150.00 USD, today only',
    ],
    [
      { orderType: 'STP_LIMIT', stopPrice: 180, limitPrice: 181 },
      'Buy 10 NVDA',
      'for at most 181.00 USD each once the price rises to 180.00 USD, today only',
    ],
    [
      { orderType: 'MIT', stopPrice: 160 },
      'Buy 10 NVDA',
      'at market once the price falls to 160.00 USD, today only',
    ],
    [
      { side: 'SELL', orderType: 'TRAIL', trailingPercent: 5 },
      'Sell 10 NVDA',
      'at market once the price falls 5 % below its highest, today only',
    ],
    [{ orderType: 'MIDPRICE' }, 'Buy 10 NVDA', 'midway between bid and ask, today only'],
    [{ orderType: 'MOC' }, 'Buy 10 NVDA', 'at the closing price, today only'],
  ])('of %j is “%s %s”', (ticket, what, how) => {
    expect(words(ticket)).toEqual({ what, how, also: [] });
  });

  it('names contracts, combos, exits and hours', () => {
    expect(words({ quantity: 1 }, { ...NVDA, secType: 'OPT' }).what).toBe('Buy 1 NVDA OPT contract');
    const legs = [
      { conid: 1, ratio: 1 },
      { conid: 2, ratio: -2 },
    ];
    expect(words({ legs, outsideRth: true })).toMatchObject({
      what: 'Buy 10 NVDA combos',
      also: [
        'Each combo: buy 1 of contract 1.',
        'Each combo: sell 2 of contract 2.',
        'It may also fill outside regular hours.',
      ],
    });
    const option = (conid: number, description: string) => ({ ...NVDA, conid, secType: 'OPT', description });
    const combo = {
      ...NVDA,
      secType: 'BAG',
      legs: [option(1, 'NVDA 2026-12-18 180 call'), option(2, 'NVDA 2026-12-18 190 call')],
    };
    expect(words({ quantity: 1, legs, orderType: 'LMT', limitPrice: -1.5 }, combo)).toEqual({
      what: 'Buy 1 NVDA combo',
      how: 'for at least 1.50 USD received each, today only',
      also: ['Each combo: buy 1 NVDA 2026-12-18 180 call.', 'Each combo: sell 2 NVDA 2026-12-18 190 call.'],
    });
    expect(words({}, { ...NVDA, secType: 'FUT', description: 'ES 2026-12-18 future' }).what).toBe(
      'Buy 10 ES 2026-12-18 future',
    );
    const exits = { takeProfit: { limitPrice: 200 }, stopLoss: { stopPrice: 150, limitPrice: 149 } };
    expect(words(exits).also).toEqual([
      'Once filled, it takes profit at 200.00 USD.',
      'Once filled, it stops the loss at 150.00 USD with a limit of 149.00 USD.',
    ]);
  });
});

describe('what became of an order', () => {
  const intent = (life: Partial<Intent>): Intent => ({
    id: 'id',
    connectionId: 'connection',
    app: { name: 'Bot', source: 'api_key' },
    order: {
      accountId: 'DU1234567',
      contract: { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
      ticket: { side: 'SELL', quantity: 10, orderType: 'MKT', tif: 'DAY' },
    },
    orderHash: 'a'.repeat(64),
    preview: null,
    state: 'filled',
    approval: { expiresAt: null, by: null, at: null },
    question: null,
    acceptedWarnings: [],
    filledQuantity: null,
    averagePrice: null,
    reason: null,
    createdAt: '2026-11-20T15:00:00Z',
    updatedAt: '2026-11-20T15:00:00Z',
    ...life,
  });

  it.each<[Partial<Intent>, string, string]>([
    [
      { state: 'filled', filledQuantity: 10, averagePrice: 173.14 },
      'Filled: sold 10 NVDA at 173.14 USD',
      'whole',
    ],
    [{ state: 'working', filledQuantity: 4 }, 'IBKR has the order', '4 of 10 filled so far'],
    [{ state: 'working', filledQuantity: 0 }, 'IBKR has the order', 'nothing has filled yet'],
    [
      { state: 'cancelled', filledQuantity: 4, averagePrice: 173 },
      'The order was cancelled',
      'sold 4 NVDA at 173.00 USD',
    ],
    [{ state: 'cancelled', filledQuantity: 0 }, 'The order was cancelled', 'Nothing was filled.'],
    [
      { state: 'rejected', reason: 'Not enough cash' },
      'IBKR refused the order',
      'Not enough cash. Nothing was sold.',
    ],
    [{ state: 'not_placed', reason: 'Declined by you.' }, 'Nothing was sent', 'Declined by you. Bot'],
    [
      { state: 'unknown' },
      'It is not known yet whether IBKR has the order',
      'It is never sent again by itself',
    ],
    [{ state: 'sending' }, 'Sending the order to IBKR', 'a few seconds'],
  ])('of %j is told', (life, title, text) => {
    const words = outcomeWords(intent(life));
    expect(words.title).toBe(title);
    expect(words.text).toContain(text);
  });
});
