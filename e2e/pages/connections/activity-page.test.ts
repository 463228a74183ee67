/** What was asked of connections, as their owner looks through it in a browser. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { api, signInAsDemoUser } from '../../console-client.ts';
import { demoKey, sandbox } from '../../demo-sandbox.ts';
import { callTool, failTool, rpc } from '../../mcp-endpoint.ts';
import { RESTING } from '../../sandbox.ts';
import { eachWithControls } from '../connection-page.ts';
import { expectAccessible } from '../watched-page.ts';

let page: Page;

const { openSignedIn } = eachWithControls((fresh) => {
  ({ page } = fresh);
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

    const reversed = 'from=2026-11-30T12:00:00.000Z&to=2026-11-29T12:00:00.000Z';
    await page.goto(`${page.url().split('?')[0]}?${reversed}`);
    await page.getByText('Lies before “From”.').waitFor();
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

  it('misses no call where more come than are told at a time', async () => {
    const { id, key } = await sandbox();
    await callTool('get_cash', {}, key);
    await openSignedIn(`/connections/${id}/activity`);
    await page.locator('summary', { hasText: 'get_cash' }).waitFor();
    // As if each answer had room for one.
    await page.route(/\/api\/audit\?.*since=/, async (route) => {
      const answer = await route.fetch();
      const { items, ...rest } = (await answer.json()) as { items: { id: string }[] };
      const json = { ...rest, items: items.slice(0, 1), nextCursor: items[0]?.id ?? null };
      await route.fulfill({ response: answer, json });
    });
    for (const symbol of ['AAPL', 'MSFT', 'KO']) await callTool('get_quote', { symbol }, key);
    await page.getByRole('checkbox', { name: 'Show new calls as they come' }).check();
    await page.locator('summary', { hasText: 'MSFT' }).waitFor();
    const calls = page.getByRole('region', { name: 'Calls' }).locator('summary');
    await expect.poll(async () => (await calls.allInnerTexts()).length).toBe(4);
    // Read anew once, and not again while nothing comes.
    let asked = 0;
    page.on('request', (request) => {
      if (/\/api\/audit\?(?!.*since=)/.test(request.url())) asked += 1;
    });
    await page.waitForRequest(/\/api\/audit\?.*since=/);
    expect(asked).toBe(0);
  });

  it('is opened by an address that asks for more than there can be, with what can be', async () => {
    const { id, key } = await sandbox();
    await callTool('get_cash', {}, key);
    const asked = new URLSearchParams({
      text: 'x'.repeat(500),
      tool: 'x'.repeat(101),
      order: 'no/id',
      app: '__no__',
      slowerThan: '999999',
    });
    await openSignedIn(`/connections/${id}/activity?${asked}`);
    await page.getByText('No call of the last 90 days fits this filter.').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search' });
    expect(await search.inputValue()).toBe('x'.repeat(200));
    asked.delete('text');
    await page.goto(`${page.url().split('?')[0]}?${asked}`);
    await page.locator('summary', { hasText: 'get_cash' }).waitFor();
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
