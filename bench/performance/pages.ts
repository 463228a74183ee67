/** What each page of the console takes to load, by the browser's own figures, over slow 4G and at a quarter of the CPU. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openBrowser } from '../../e2e/browser.ts';
import { emulatorSignIn } from '../../e2e/emulator-accounts.ts';
import type { Demo } from '../../local/src/data/demo-file.ts';
import { startStack } from '../../local/src/stack.ts';

type BrowserContext = Awaited<ReturnType<Awaited<ReturnType<typeof openBrowser>>['newContext']>>;
type Page = Awaited<ReturnType<BrowserContext['newPage']>>;

const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];
/** Slow 4G as Lighthouse has it. */
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (0.75 * 1024 * 1024) / 8,
};
const CPU_SLOWDOWN = 4;
/** What is on its way. */
const OUTLINES = '[aria-busy="true"], [class*="Skeleton"]';
/** What comes late moves what is there. */
const SETTLING_MS = 3_000;

/** Notes the largest paint and by how much the layout shifted, in the worst session of it, as web.dev defines both. */
const VITALS = `
  globalThis.vitals = { lcp: 0, cls: 0, paints: [], shifts: [] };
  let session = { value: 0, from: 0, last: -Infinity };
  new PerformanceObserver((list) => {
    for (const { startTime, size, element } of list.getEntries()) {
      vitals.lcp = startTime;
      vitals.paints.push(Math.round(startTime) + ' painted ' + size + ' px² ' + (element?.textContent ?? '').slice(0, 60));
    }
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, value, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      const goesOn = startTime - session.last < 1000 && startTime - session.from < 5000;
      session = { value: value + (goesOn ? session.value : 0), from: goesOn ? session.from : startTime, last: startTime };
      vitals.cls = Math.max(vitals.cls, session.value);
      vitals.shifts.push(value.toFixed(4) + ' ' + sources.map(({ node, previousRect, currentRect }) =>
        (node?.textContent ?? '').slice(0, 40) + ' ' + previousRect.y + '→' + currentRect.y).join(' | '));
    }
  }).observe({ type: 'layout-shift', buffered: true });`;

const notes = z.array(z.string());
const vitals = z.object({ lcp: z.number(), cls: z.number(), paints: notes, shifts: notes });

export interface PageFigures {
  page: string;
  width: number;
  requests: number;
  kB: number;
  cls: number;
  lcpMs: number;
}

/**
 * @param only Of which pages; of all where it is empty.
 * @param trace Told what each asked for, in ms after it was opened, what was painted largest, and what moved on it.
 */
export async function measurePages(
  only: readonly string[],
  trace?: (page: string, notes: readonly string[]) => void,
): Promise<PageFigures[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-bench-'));
  const stack = await startStack({ port: 0, simulatorPort: 0, dataDir });
  const browser = await openBrowser();
  const figures: PageFigures[] = [];
  try {
    const context = await browser.newContext();
    context.setDefaultTimeout(120_000);
    const { demo, origin } = stack;
    await signIn(context, origin);
    await trade(origin, demo.apiKey);
    const decisions = { approve: await waitingOrder(origin, demo), consent: await authorization(origin) };
    for (const [name, path] of Object.entries({ ...pagesOf(demo.connectionId), ...decisions })) {
      if (only.length > 0 && !only.includes(name)) continue;
      for (const size of SIZES) {
        const page = await context.newPage();
        await page.setViewportSize(size);
        const { notes, ...measured } = await load(page, origin + path);
        figures.push({ page: name, width: size.width, ...measured });
        trace?.(`${name} ${size.width}`, notes);
        await page.close();
      }
    }
  } finally {
    await browser.close();
    await stack.stop();
    await rm(dataDir, { recursive: true });
  }
  return figures;
}

function pagesOf(id: string): Record<string, string> {
  const at = `/connections/${id}`;
  return {
    home: '/',
    help: '/help/mcp',
    connect: '/connect',
    connections: '/connections',
    new: '/connections/new',
    overview: at,
    market: `${at}/market?conid=4815747`,
    orders: `${at}/orders`,
    keys: `${at}/keys`,
    apps: `${at}/apps`,
    activity: `${at}/activity`,
    usage: `${at}/activity?view=usage`,
    limits: `${at}/limits`,
    settings: `${at}/settings`,
    try: `${at}/try/get_quote`,
    news: '/news',
    notifications: '/notifications',
    account: '/account',
  };
}

/** Loads a page as somebody does who was never there, but for being signed in. */
async function load(page: Page, url: string) {
  const browser = await page.context().newCDPSession(page);
  const asked = new Map<string, { path: string; at: number; last: number; kB: number }>();
  let answers = 0;
  let bytes = 0;
  browser.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
    asked.set(requestId, { path: new URL(request.url).pathname, at: timestamp, last: timestamp, kB: 0 });
  });
  browser.on('Network.responseReceived', () => {
    answers += 1;
  });
  browser.on('Network.loadingFinished', ({ requestId, encodedDataLength, timestamp }) => {
    bytes += encodedDataLength;
    const one = asked.get(requestId);
    if (one) Object.assign(one, { last: timestamp, kB: Math.round(encodedDataLength / 1000) });
  });
  await browser.send('Network.enable');
  await browser.send('Network.clearBrowserCache');
  await browser.send('Network.emulateNetworkConditions', NETWORK);
  await browser.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await page.addInitScript(VITALS);
  await page.goto(url);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(SETTLING_MS);
  // Not looked for before: the browser would spend on looking what the page needs.
  await page.locator(OUTLINES).first().waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('networkidle');
  const { lcp, cls, paints, shifts } = vitals.parse(await page.evaluate('vitals'));
  const [first] = asked.values();
  const since = (seconds: number) => Math.round((seconds - (first?.at ?? 0)) * 1000);
  const times = [...asked.values()].map(
    ({ path, at, last, kB }) => `${since(at)} to ${since(last)} ${kB} kB ${path}`,
  );
  return {
    requests: answers,
    kB: Math.round(bytes / 1000),
    cls: Number(cls.toFixed(3)),
    lcpMs: Math.round(lcp),
    notes: [...times, ...paints, ...shifts],
  };
}

async function signIn(context: BrowserContext, origin: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${origin}/connections`);
  await page.getByRole('button', { name: 'Continue as the demo user' }).click();
  await page.getByRole('heading', { name: 'Connections' }).waitFor();
  await page.close();
}

/** Some positions, and an order that works. */
async function trade(origin: string, key: string): Promise<void> {
  for (const symbol of ['AAPL', 'MSFT', 'NVDA', 'SPY', 'KO'])
    await place(origin, key, { symbol, quantity: 50 });
  await place(origin, key, { symbol: 'NVDA', quantity: 10, order_type: 'LMT', limit_price: 1, tif: 'GTC' });
}

function place(origin: string, key: string, order: object): Promise<unknown> {
  const params = { name: 'place_order', arguments: { side: 'BUY', order_type: 'MKT', ...order } };
  return post(`${origin}/mcp`, key, { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
}

const madeKey = z.object({ apiKey: z.string() });
const waiting = z.object({
  result: z.object({ structuredContent: z.object({ approval_url: z.string() }) }),
});

/** The path of the page on which its owner decides about an order. */
async function waitingOrder(origin: string, { connectionId, email, authEmulator }: Demo): Promise<string> {
  const owner = await emulatorSignIn(authEmulator, { sub: 'demo-google-id', email });
  const key = { label: 'bot', scope: 'write', approval: 'owner' };
  const { apiKey } = madeKey.parse(await post(`${origin}/api/connections/${connectionId}/keys`, owner, key));
  const { result } = waiting.parse(await place(origin, apiKey, { symbol: 'AAPL', quantity: 1 }));
  return new URL(result.structuredContent.approval_url).pathname;
}

/** The path at which a host that is new asks for access. */
async function authorization(origin: string): Promise<string> {
  const redirect = 'https://host.example/callback';
  const { client_id } = z
    .object({ client_id: z.string() })
    .parse(
      await post(`${origin}/oauth/register`, undefined, { redirect_uris: [redirect], client_name: 'A host' }),
    );
  const asked = new URLSearchParams({
    client_id,
    redirect_uri: redirect,
    response_type: 'code',
    scope: 'read write',
    resource: `${origin}/mcp`,
    state: 'state',
    // Of RFC 7636, Appendix B.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  return `/oauth/authorize?${asked}`;
}

async function post(url: string, bearer: string | undefined, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Origin: new URL(url).origin,
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
