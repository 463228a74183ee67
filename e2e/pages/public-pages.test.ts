/** What anybody may read: the pages, and the reference they are made of. */
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UNTRUSTED_HOST } from '../browser.ts';
import { api } from '../console-client.ts';
import { rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { clipboardOf, eachWithPage, expectAccessible } from './watched-page.ts';

let context: BrowserContext;
let page: Page;
let faults: string[];

eachWithPage({ permissions: ['clipboard-read', 'clipboard-write'] }, (fresh) => {
  ({ page, context, faults } = fresh);
});

const origin = () => demo().origin;
const endpoint = () => `${origin()}/mcp`;

async function open(path: string): Promise<Page> {
  await page.goto(origin() + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const tool = z.looseObject({
  name: z.string(),
  description: z.string(),
  inputSchema: z.object({ properties: z.record(z.string(), z.unknown()).optional() }),
});

const reference = z.object({
  tools: z.array(tool),
  errors: z.array(
    z.strictObject({
      code: z.string(),
      retryable: z.boolean(),
      meaning: z.string().min(1),
      remedy: z.string().min(1),
    }),
  ),
});

/** On the wire, so pinned here rather than read from the code. */
const ERROR_CODES = [
  'invalid_arguments',
  'insufficient_scope',
  'address_not_allowed',
  'not_found',
  'ambiguous_symbol',
  'limit_exceeded',
  'approval_required',
  'approval_expired',
  'possible_duplicate',
  'idempotency_conflict',
  'not_placed',
  'order_rejected',
  'order_needs_reply',
  'order_state_unknown',
  'order_not_cancellable',
  'ibkr_unavailable',
  'ibkr_timeout',
  'ibkr_rate_limited',
  'ibkr_unexpected_answer',
  'ibkr_rejected',
  'session_expired',
  'session_competing',
  'credentials_rejected',
  'sign_in_code_needed',
  'sign_in_sent_code_needed',
  'sign_in_approval_needed',
  'ibkr_locked',
  'ibkr_changed_sign_in',
  'account_mode_mismatch',
  'no_market_data',
  'internal_error',
];

async function readReference() {
  const { status, body } = await api(null, 'GET', '/reference');
  expect(status).toBe(200);
  return reference.parse(body);
}

describe('the reference', () => {
  it('has every tool as hosts list it, and every error code', async () => {
    const { tools, errors } = await readReference();
    const listed = z
      .object({ result: z.object({ tools: z.array(tool) }) })
      .parse(JSON.parse((await rpc('tools/list')).text)).result.tools;
    expect(tools.map(({ name }) => name)).toEqual(listed.map(({ name }) => name));
    for (const [index, { scope: _, inputSchema, ...rest }] of tools.entries()) {
      expect(listed[index]).toMatchObject(rest);
      // A list describes arguments that two tools take once.
      expect(Object.keys(listed[index]?.inputSchema.properties ?? {})).toEqual(
        Object.keys(inputSchema.properties ?? {}),
      );
    }
    expect(errors.map(({ code }) => code)).toEqual(ERROR_CODES);
  });
});

describe('the first page', () => {
  it('says what this is, and signs in with the keyboard alone', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Connect an AI host' }).waitFor();
    const text = await page.getByRole('main').innerText();
    expect(text).toContain(endpoint());
    expect(text).toContain('Nothing in a sandbox is real money');
    expect(text).toMatch(/Place, change and cancel orders\s+No\s+Within your limits/);
    await page.getByRole('button', { name: 'Continue as the demo user' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor();
  });

  it('loads little: at most 130 kB of JavaScript', async () => {
    const page = await context.newPage();
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.body());
    });
    await page.goto(origin());
    await page.getByRole('button', { name: 'Continue as the demo user' }).waitFor();
    const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).byteLength);
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(130_000);
  });

  it('says so when the sign-in cannot be opened, and can be asked again', async () => {
    await context.route('**/api/config', (route) => route.fulfill({ status: 503, body: 'busy' }));
    const page = await open('/');
    await page.getByRole('button', { name: 'Continue with Google' }).click();
    await page.getByRole('alert').getByText('Something went wrong').waitFor();
    await expectAccessible(page);
    expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('503'));
  });
});

describe('connecting a host', () => {
  it.each<[host: string, copied: string, text: () => string]>([
    ['Claude.ai', 'URL for Claude', endpoint],
    ['ChatGPT', 'URL for ChatGPT', endpoint],
    ['Claude Code', 'command for Claude Code', () => `claude mcp add --transport http ibkr ${endpoint()}`],
    [
      'Claude Code',
      'command with a key for Claude Code',
      () => `claude mcp add --transport http ibkr ${endpoint()} --header "Authorization: Bearer ibkr_..."`,
    ],
    [
      'curl and scripts',
      'curl command',
      () =>
        `curl -sS ${endpoint()} -H "Authorization: Bearer ibkr_..." -H "Content-Type: application/json" -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
    ],
  ])('gives %s its text to copy: %s', async (host, copied, text) => {
    const page = await open('/connect');
    await page.getByRole('tab', { name: host }).click();
    await page.getByRole('button', { name: `Copy ${copied}` }).click();
    await page.getByRole('button', { name: `Copied ${copied}` }).waitFor();
    expect(await clipboardOf(page)).toBe(text());
  });

  it('links into Cursor and VS Code, which then know the URL', async () => {
    const page = await open('/connect#cursor');
    const cursor = await page.getByRole('link', { name: 'Add to Cursor' }).getAttribute('href');
    const config = new URL(cursor ?? '').searchParams.get('config') ?? '';
    expect(JSON.parse(atob(config))).toEqual({ url: endpoint() });
    await page.getByRole('tab', { name: 'VS Code' }).click();
    const vsCode = await page.getByRole('link', { name: 'Add to VS Code' }).getAttribute('href');
    const server = JSON.parse(decodeURIComponent((vsCode ?? '').replace('vscode:mcp/install?', '')));
    expect(server).toEqual({ name: 'ibkr', type: 'http', url: endpoint() });
    expect(page.url()).toBe(`${origin()}/connect#vscode`);
  });

  it.each([
    ['claude-desktop', 'text for Claude Desktop', 'mcpServers'],
    ['cursor', 'text with a key for Cursor', 'mcpServers'],
    ['vscode', 'text with a key for VS Code', 'servers'],
  ])('gives %s a file that is JSON', async (host, copied, field) => {
    const page = await open(`/connect#${host}`);
    await page.getByRole('button', { name: `Copy ${copied}` }).click();
    await page.getByRole('button', { name: `Copied ${copied}` }).waitFor();
    const text = await clipboardOf(page);
    expect(text).toContain(endpoint());
    expect(JSON.parse(text)).toHaveProperty([field, 'ibkr']);
  });

  it('says which hosts cannot reach a gateway on this machine', async () => {
    const page = await open('/connect#claude');
    await page.getByText('Claude.ai cannot reach this gateway').waitFor();
    await page.getByRole('tab', { name: 'Cursor' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'VS Code' }).waitFor();
    expect(await page.getByText('cannot reach this gateway').count()).toBe(0);
  });

  it('says so where the browser does not let it copy', async () => {
    const page = await context.newPage();
    await page.goto(`http://${UNTRUSTED_HOST}:${new URL(origin()).port}/connect`);
    await page.getByRole('button', { name: 'Copy MCP endpoint' }).click();
    await page.getByText('Select the text and copy it by hand').waitFor();
  });
});

describe('the help', () => {
  it('has every tool and every error code, each with an address', async () => {
    const { tools, errors } = await readReference();
    const page = await open('/help');
    await page.getByRole('link', { name: 'What a host can do' }).click();
    await page.getByText('get_quote', { exact: true }).first().waitFor();
    for (const { name } of tools) expect(await page.locator(`#${name}`).count()).toBe(1);
    await page.getByRole('navigation', { name: 'Help topics' }).getByText('Troubleshooting').click();
    await page.getByRole('heading', { name: 'internal_error' }).waitFor();
    for (const { code } of errors) expect(await page.locator(`#${code}`).count()).toBe(1);
  });

  it('opens at the error code that a link names', async () => {
    const page = await open('/help/troubleshooting#session_competing');
    const heading = page.getByRole('heading', { name: 'session_competing' });
    await heading.waitFor();
    await expect.poll(() => page.evaluate<string>('document.activeElement?.id')).toBe('session_competing');
    expect((await heading.boundingBox())?.y).toBeLessThan(200);
  });

  it('can be asked again when the reference does not come', async () => {
    await context.route('**/api/reference', (route) => route.fulfill({ status: 400, json: {} }));
    const page = await open('/help/troubleshooting');
    await page.getByRole('alert').waitFor();
    await expectAccessible(page);
    await context.unroute('**/api/reference');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'internal_error' }).waitFor();
    expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('400'));
  });
});

describe('the foot of a page', () => {
  it('leads to who runs the service, what it costs, what is kept and what holds', async () => {
    const page = await open('/');
    const foot = page.getByRole('contentinfo');
    for (const [link, title, told] of [
      ['Who runs this', 'Who runs this', 'The program is free, under the MIT License.'],
      ['Privacy', 'Privacy', 'There is no tracking and no advertising'],
      ['Terms', 'Terms', 'without warranty of any kind'],
    ] as const) {
      await foot.getByRole('link', { name: link }).click();
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.getByText(told).waitFor();
    }
  });
});

describe('an address without a page', () => {
  it.each(['/no/such/page', '/help/nothing', `/${'a-very-long-address'.repeat(10)}`])(
    'is named, with a way back',
    async (path) => {
      const page = await open(path);
      await expect.poll(() => page.title()).toBe('Page not found · IBKR Gateway');
      expect(await page.getByRole('main').innerText()).toContain(path);
      await page.getByRole('link', { name: 'Go to the home page' }).click();
      await page.getByRole('heading', { name: 'Connect an AI host' }).waitFor();
      expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true);
    },
  );

  it('is accessible in both schemes and at both widths', async () => {
    const page = await open(`/${'a-very-long-address'.repeat(10)}`);
    await page.getByText('Page not found').first().waitFor();
    await expectAccessible(page);
    expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true);
  });
});

it.each([
  ['/', 'Continue as the demo user'],
  ['/connect#claude', 'Add custom connector'],
  ['/connect#claude-desktop', 'mcp-remote'],
  ['/connect#vscode', 'Add to VS Code'],
  ['/help', 'Troubleshooting'],
  ['/help/mcp', 'get_quote'],
  ['/help/limits', 'Who approves'],
  ['/help/operator', 'You do: it runs on your own machine.'],
  ['/help/terms', 'Orders are yours'],
  ['/help/paper', 'A sandbox here'],
  ['/help/live', 'Get a second username'],
  ['/help/managed', 'What is stored'],
  ['/help/ibkr-oauth', 'Make the keys'],
  ['/help/gateway', 'Every day'],
  ['/help/security', 'What is kept here'],
  ['/help/privacy', 'For how long'],
  ['/help/troubleshooting', 'internal_error'],
])('%s is accessible in both schemes and at both widths', async (path, shown) => {
  const page = await open(path);
  await page.getByText(shown).first().waitFor();
  await expectAccessible(page);
});
