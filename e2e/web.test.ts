import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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
