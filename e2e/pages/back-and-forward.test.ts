/** Pages that are gone back to, or loaded anew, are as they were left. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { callTool } from '../mcp-endpoint.ts';
import { connection, connectionWithTwoAccounts, eachWithControls } from './connection-page.ts';
import { PHONE } from './watched-page.ts';

let page: Page;
const { openSignedIn, heading, press } = eachWithControls((fresh) => {
  ({ page } = fresh);
});

const place = () => page.evaluate<number>('Math.round(scrollY)');
const helpLink = () => page.getByRole('contentinfo').getByRole('link', { name: 'Privacy' });
/** Without scrolling to the link first, which would be where the page was left. */
const leave = () => helpLink().dispatchEvent('click');

/** Each of the ways by which a page is come back to. */
const WAYS: readonly (readonly [name: string, way: () => Promise<unknown>])[] = [
  [
    'by Back',
    async () => {
      // Another part of the site, which shows nothing of the console.
      await leave();
      await heading('Privacy');
      expect(await place()).toBe(0);
      await page.goBack();
    },
  ],
  [
    'by Back from a reload',
    async () => {
      await leave();
      await heading('Privacy');
      await page.reload();
      await heading('Privacy');
      await page.goBack();
    },
  ],
  ['by a reload', () => page.reload()],
];

it.each(WAYS)('keep the order of a table, a period, what is open and the place, %s', async (_, comeBack) => {
  const { id, key } = await connection();
  await callTool('get_portfolio', {}, key);
  await page.setViewportSize(PHONE);
  await openSignedIn(`/connections/${id}`);
  await page.getByRole('button', { name: /^Symbol/ }).click();
  await page.getByText('3M', { exact: true }).click();
  await page.getByText('Columns and files').click();
  await page.getByRole('button', { name: 'Save positions as CSV' }).waitFor();
  await page.evaluate('scrollTo(0, 700)');
  await expect.poll(() => page.evaluate('history.state.kept.scroll')).toBe(700);
  await comeBack();
  await page.getByRole('button', { name: 'Save positions as CSV' }).waitFor();
  await page
    .getByRole('columnheader', { name: 'Symbol' })
    .and(page.locator('[aria-sort=ascending]'))
    .waitFor();
  expect(await page.getByRole('radio', { name: '3M' }).isChecked()).toBe(true);
  await expect.poll(place).toBe(700);
});

it('keep a call that was opened, and how the list was searched', async () => {
  const { id, key } = await connection();
  await callTool('get_accounts', {}, key);
  await callTool('get_cash', {}, key);
  await openSignedIn(`/connections/${id}/activity`);
  await page.getByLabel('Tool', { exact: true }).selectOption('get_cash');
  const call = page.getByRole('region', { name: 'Calls' }).locator('summary', { hasText: 'get_cash' });
  await call.click();
  await page.getByText(/^It was answered/).waitFor();
  await helpLink().click();
  await heading('Privacy');
  await page.goBack();
  await page.getByText(/^It was answered/).waitFor();
  expect(await page.getByLabel('Tool', { exact: true }).inputValue()).toBe('get_cash');
  await page.goForward();
  await heading('Privacy');
  await page.goBack();
  await page.goBack();
  // The list before the search, which is another entry.
  await page.getByRole('region', { name: 'Calls' }).locator('summary', { hasText: 'get_accounts' }).waitFor();
});

it('keep the account that was chosen among several', async () => {
  const { id, second } = await connectionWithTwoAccounts();
  await openSignedIn(`/connections/${id}/orders`);
  const choice = page.getByRole('combobox', { name: 'Account', exact: true });
  await choice.selectOption(second);
  // A tab that shows no account, and is come back to from elsewhere.
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  await page.getByText('Whoever holds it can use it').waitFor();
  await helpLink().click();
  await heading('Privacy');
  await page.goBack();
  await page.getByRole('link', { name: 'Orders', exact: true }).click();
  await choice.waitFor();
  expect(await choice.inputValue()).toBe(second);
  await page.reload();
  await choice.waitFor();
  expect(await choice.inputValue()).toBe(second);
});

it('are read anew by who has signed out and in again', async () => {
  const { id } = await connection({ kind: 'sandbox', label: 'Read before' });
  await openSignedIn(`/connections/${id}`);
  await heading('Read before');
  await helpLink().click();
  await heading('Privacy');
  await page.goBack();
  await heading('Read before');
  await press(await page.locator('[popovertarget=account]').innerText());
  await press('Sign out');
  await page.getByRole('button', { name: 'Continue as the demo user' }).waitFor();
  const asked = page.waitForRequest((request) => request.url().endsWith(`/api/connections/${id}`));
  await press('Continue as the demo user');
  await asked;
  await heading('Read before');
});

it('are read on as far as they were', async () => {
  const { id, key } = await connection();
  for (let calls = 0; calls < 60; calls += 10) {
    await Promise.all(Array.from({ length: 10 }, () => callTool('get_accounts', {}, key)));
  }
  await openSignedIn(`/connections/${id}/activity?tool=get_accounts`);
  const calls = page.getByRole('region', { name: 'Calls' }).locator('summary');
  await press('Show older calls');
  await expect.poll(() => calls.count()).toBe(60);
  await page.reload();
  await expect.poll(() => calls.count()).toBe(60);
  // Another search begins anew.
  await page.getByLabel('Tool', { exact: true }).selectOption('');
  await page.getByRole('button', { name: 'Show older calls' }).waitFor();
});

it('keep the arguments of a tool that was tried', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/try/get_quote`);
  const symbol = page.getByLabel('symbol').first();
  await symbol.fill('NVDA');
  await helpLink().click();
  await heading('Privacy');
  await page.goBack();
  await symbol.waitFor();
  expect(await symbol.inputValue()).toBe('NVDA');
  await page.reload();
  await symbol.waitFor();
  expect(await symbol.inputValue()).toBe('NVDA');
});

it('go on where the browser keeps nothing', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/try/get_quote`);
  // As Safari does for a while after a hundred changes.
  await page.evaluate(
    `history.replaceState = () => { throw new DOMException('Too often', 'SecurityError'); }`,
  );
  await page.getByLabel('symbol').first().fill('NVDA');
  await press('Run');
  await page.getByText('The answer is here.').waitFor();
});
