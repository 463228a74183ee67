/** The overview of a connection as its owner looks at it in a browser. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { api, signInAs } from '../../console-client.ts';
import { sandbox } from '../../demo-sandbox.ts';
import { callTool } from '../../mcp-endpoint.ts';
import { eachWithControls } from '../connection-page.ts';
import { expectAccessible } from '../watched-page.ts';

/** Of gains and losses. */
const SIGN_COLOURS = [
  ['light', 'rgb(8, 127, 91)', 'rgb(201, 42, 42)'],
  ['dark', 'rgb(56, 217, 169)', 'rgb(255, 135, 135)'],
] as const;

let page: Page;
let faults: string[];

const { openSignedIn, saved } = eachWithControls((fresh) => {
  ({ page, faults } = fresh);
});

/** Of the first gain or loss in the page. */
const signColour = (sign: 1 | -1) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('[data-sign="${sign}"]')).color`);

/** Of a column of the positions: what is written in it, and where that ends. */
const cellsOf = (column: string) => `(() => {
  const table = document.querySelector('table[aria-label="Positions"]');
  const index = [...table.querySelectorAll('thead th')].findIndex((head) => head.textContent.trim() === '${column}');
  return [...table.querySelectorAll('tbody tr')].map(({ cells }) => {
    const range = document.createRange();
    range.selectNodeContents(cells[index]);
    return { text: cells[index].textContent, ends: Math.round(range.getBoundingClientRect().right) };
  });
})()`;

/** Has something answered only when something else was asked for, which a page that waits for the first never does. */
async function comesAfter(held: RegExp, other: RegExp): Promise<void> {
  const asked = page.waitForRequest(other);
  await page.route(held, async (route) => {
    await asked;
    await route.continue();
  });
}

describe('the overview', () => {
  it('shows what the account is worth and holds, and sorts by keyboard', async () => {
    const { id, key } = await sandbox();
    await comesAfter(/\/assets\/console-layout-.*\.js/, /\/assets\/overview-tab-.*\.js/);
    await comesAfter(new RegExp(`/api/connections/${id}$`), /\/tools\/get_performance$/);
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
    for (const [column, form] of [
      ['P&L (USD)', /^[+-]?[\d,]+\.\d\d$/],
      ['P&L %', /^[+-]?[\d,]+\.\d\d.%$/],
    ] as const) {
      const cells = await page.evaluate<{ text: string; ends: number }[]>(cellsOf(column));
      expect(cells.length).toBeGreaterThan(1);
      for (const { text, ends } of cells) {
        expect(text).toMatch(form);
        expect(ends).toBe(cells[0]?.ends);
      }
    }

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
    await page.getByRole('checkbox', { name: 'Asset class' }).check();
    await page.getByLabel('Avg. price').uncheck();
    await page.reload();
    await table.getByRole('columnheader', { name: 'Asset class' }).waitFor();
    expect(await table.getByRole('columnheader', { name: 'Avg. price' }).count()).toBe(0);
    const first = await saved('Save positions as CSV');
    expect(first.split('\r\n')[0]).toMatch(/^\ufeffsymbol,conid,.*day_change,day_percent/);
    expect(await saved('Save trades of the last week as CSV')).toMatch(/^\ufeffexecution_id,time,symbol/);

    await page.getByText('Return', { exact: true }).click();
    await page.getByLabel('Beside it').selectOption('SPY');
    await page.getByText(/SPY [+-][\d.]+.%, its dividends not counted/).waitFor();
    await page.getByText('6M', { exact: true }).click();
    await page.getByText(/over 6 months, deposits and withdrawals not counted/).waitFor();
    await expectAccessible(page);
    expect(await saved('Save as CSV')).toMatch(/^\ufeffdate,net_asset_value,cumulative_return_percent/);
  });

  it('breaks long names rather than push numbers out of sight', async () => {
    const { id } = await sandbox();
    await page.route('**/tools/get_portfolio', async (route) => {
      const answer = await route.fetch();
      const text = (await answer.text()).replaceAll('"AAPL"', `"${'LONG'.repeat(10)}"`);
      await route.fulfill({ response: answer, body: text });
    });
    await page.setViewportSize({ width: 390, height: 844 });
    await openSignedIn(`/connections/${id}`);
    const table = page.getByRole('table', { name: 'Positions' });
    const long = await table.getByRole('link', { name: /^LONG/ }).boundingBox();
    const day = await table.getByRole('columnheader', { name: 'Day %' }).boundingBox();
    expect(long?.width).toBeLessThan(140);
    expect((day?.x ?? 0) + (day?.width ?? 0)).toBeLessThan(390);
    await expectAccessible(page);
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
    // The pages' own styles hold over those of the library, whichever the build has loaded last.
    const edge = `getComputedStyle(document.querySelector('[role="alert"]')).borderInlineStartWidth`;
    expect(await page.evaluate<string>(edge)).toBe('5px');
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

  it.each([
    ['all of it', '**/tools/get_*', 4],
    ['its cards', '**/tools/get_{performance,portfolio,cash}', 3],
    ['what two cards show', '**/tools/get_portfolio', 1],
  ])('says once what is wrong with %s, and asks for all of it again', async (_, reads, silent) => {
    const { id } = await sandbox();
    const error = { code: 'ibkr_unavailable', message: 'IBKR is away.', hint: 'Wait.', retryable: true };
    await page.route(reads, (route) => route.fulfill({ status: 422, json: { error } }));
    await openSignedIn(`/connections/${id}`);
    await page.getByText('IBKR is away. Wait.').waitFor();
    await expect.poll(() => page.getByText('Not available now.').count()).toBe(silent);
    expect(await page.getByText('IBKR is away. Wait.').count()).toBe(1);
    await expectAccessible(page);
    await page.unroute(reads);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('table', { name: 'Positions' }).waitFor();
    await page.getByRole('table', { name: 'Cash by currency' }).waitFor();
    await page.getByRole('img', { name: /^Net asset value/ }).waitFor();
    faults.splice(0);
  });

  it('says once how long IBKR asks to wait, whatever was asked when', async () => {
    const { id } = await sandbox();
    let seconds = 60;
    const hint = () => `Wait ${seconds--} seconds before the next call.`;
    await page.route('**/tools/get_*', async (route) => {
      if (!route.request().url().endsWith('/get_connection_status')) {
        const error = {
          code: 'ibkr_rate_limited',
          message: 'The limit is reached.',
          hint: hint(),
          retryable: true,
        };
        return route.fulfill({ status: 422, json: { error } });
      }
      const answer = await route.fetch();
      const { result } = (await answer.json()) as { result: object };
      const paused = { ...result, state: 'paused', session_since: null, what_to_do: hint() };
      return route.fulfill({ response: answer, json: { result: paused } });
    });
    await openSignedIn(`/connections/${id}`);
    for (const tab of ['Overview', 'Orders']) {
      await page.getByRole('navigation', { name: 'Sandbox' }).getByRole('link', { name: tab }).click();
      await page.getByRole('alert').getByText('The limit is reached.').waitFor();
      // What is advised above may come later.
      await page.locator('p', { hasText: /^Wait \d+ seconds/ }).waitFor();
      expect(await page.getByText(/Wait \d+ seconds/).count()).toBe(1);
      expect(await page.getByText('The limit is reached.').count()).toBe(1);
    }
    await expectAccessible(page);
    faults.splice(0);
  });

  it('shows nothing of somebody else’s connection', async () => {
    const stranger = await signInAs('stranger');
    const made = await api(stranger, 'POST', '/connections', { kind: 'sandbox', label: 'Not yours' });
    const { id } = (made.body as { connection: { id: string } }).connection;
    await openSignedIn(`/connections/${id}`);
    await page.getByRole('heading', { name: 'Connection not found', exact: true }).waitFor();
    await expectAccessible(page);
    expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true);
  });
});
