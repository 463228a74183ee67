/** Makes the README's pictures, of a stack of its own: `npm run screenshots`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Demo } from '../local/src/data/demo-file.ts';
import { startStack } from '../local/src/stack.ts';
import { openBrowser } from './browser.ts';

const PICTURES = join(import.meta.dirname, '../docs');
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const HOST_REDIRECT = 'https://claude.ai/api/mcp/auth_callback';
/** Of RFC 7636 appendix B; nobody redeems the code. */
const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** How an order is answered that waits for its owner. */
const heldOrder = z.object({
  result: z.object({
    structuredContent: z.looseObject({ approval_url: z.string() }),
  }),
});

const dataDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-screenshots-'));
const stack = await startStack({ port: 0, simulatorPort: 0, dataDir });
const browser = await openBrowser();
try {
  const context = await browser.newContext({
    viewport: DESK,
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  await signIn(page);
  await addLiveConnection(page, stack.demo);
  await trade(stack.demo);

  await page.goto(`${stack.origin}/connections`);
  await page.getByRole('heading', { name: 'My IBKR' }).waitFor();
  // IBKR tells what an account is worth some seconds after it was asked first.
  await page.getByText('today').first().waitFor();
  await picture(page, 'connections');

  await page.goto(`${stack.origin}/connections/${stack.demo.connectionId}`);
  await page.getByText('Net liquidation').first().waitFor();
  await picture(page, 'overview');

  await page.setViewportSize(PHONE);
  await page.goto(await approvalUrl(page, stack.demo));
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await picture(page, 'approve');

  await page.setViewportSize(DESK);
  await page.goto(await authorizationUrl(stack.origin));
  await page.getByRole('heading', { name: /use your account/ }).waitFor();
  await page.getByLabel('Sandbox').check();
  await picture(page, 'consent', { fullPage: true });
} finally {
  await browser.close();
  await stack.stop();
  await rm(dataDir, { recursive: true });
}

/** @param options.fullPage Also what lies below the window. */
async function picture(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  await page.locator('[class*="Skeleton"]').first().waitFor({ state: 'detached' });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), ...options });
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${stack.origin}/connections`);
  await page.getByRole('button', { name: 'Continue as the demo user' }).click();
  await page.getByRole('heading', { name: 'Connections' }).waitFor();
}

/** Calls the console's API as the signed-in page does. */
async function api(page: Page, method: string, path: string, body: object): Promise<unknown> {
  const [request] = await Promise.all([
    page.waitForRequest((one) => one.headers().authorization !== undefined),
    page.reload(),
  ]);
  const { authorization = '' } = request.headers();
  const answer = await fetch(`${stack.origin}/api${path}`, {
    method,
    headers: { Authorization: authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function addLiveConnection(page: Page, demo: Demo): Promise<void> {
  const url = `http://${demo.simulator}`;
  await api(page, 'POST', '/connections', { kind: 'gateway', mode: 'live', label: 'My IBKR', url });
}

async function tool(key: string, name: string, args: object): Promise<unknown> {
  const answer = await fetch(`${stack.origin}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      'User-Agent': 'rebalancer/1.0',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  });
  return answer.json();
}

/** A few positions to look at. */
async function trade({ apiKey }: Demo): Promise<void> {
  const holdings = { AAPL: 120, MSFT: 60, NVDA: 200, SPY: 90, KO: 300 };
  for (const [symbol, quantity] of Object.entries(holdings)) {
    await tool(apiKey, 'place_order', { symbol, side: 'BUY', quantity, order_type: 'MKT' });
  }
}

async function authorizationUrl(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_name: 'Claude', redirect_uris: [HOST_REDIRECT] }),
  });
  const { client_id } = z.object({ client_id: z.string() }).parse(await answer.json());
  const query = new URLSearchParams({
    client_id,
    response_type: 'code',
    redirect_uri: HOST_REDIRECT,
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
    scope: 'read write offline_access',
    resource: `${origin}/mcp`,
    state: 'picture',
  });
  return `${origin}/oauth/authorize?${query}`;
}

/** Where the owner says yes to an order that a program asked for. */
async function approvalUrl(page: Page, { connectionId }: Demo): Promise<string> {
  await page.goto(`${stack.origin}/connections`);
  const minted = await api(page, 'POST', `/connections/${connectionId}/keys`, {
    label: 'Rebalancing',
    scope: 'write',
    approval: 'owner',
  });
  const { apiKey } = z.object({ apiKey: z.string() }).parse(minted);
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 25, order_type: 'LMT', limit_price: 170 };
  const asked = heldOrder.parse(await tool(apiKey, 'place_order', order));
  return asked.result.structuredContent.approval_url;
}
