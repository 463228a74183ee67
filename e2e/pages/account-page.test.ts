/** The page on which people download and delete all that is kept of them. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { demoKey, demoSandbox } from '../demo-sandbox.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { controlsOf } from './connection-page.ts';
import { eachWithPage, expectAccessible } from './watched-page.ts';

let page: Page;

eachWithPage({}, (fresh) => {
  ({ page } = fresh);
});

async function sandbox(): Promise<{ id: string; label: string; key: string }> {
  const label = `Sandbox of ${Date.now()}`;
  const { id } = await demoSandbox({ label });
  return { id, label, key: await demoKey(id, 'none') };
}

const { openSignedIn } = controlsOf(() => page);

it('saves everything as one file', async () => {
  const { id } = await sandbox();
  await openSignedIn('/account');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download my data' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe('ibkr-gateway-data.json');
  const data = JSON.parse(await readFile(await file.path(), 'utf8'));
  expect(data.account).toMatchObject([{ email: demo().email }]);
  expect(data.connections).toContainEqual(expect.objectContaining({ id, ownerUid: demo().uid }));
  await page.getByText(/records saved/).waitFor();
});

it('deletes only what was asked for twice, with the orders that stay, and signs out', async () => {
  const { label, key } = await sandbox();
  const resting = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1, tif: 'GTC' };
  await callTool('place_order', resting, key);
  // The demo user is needed by other tests: the gateway's part of it has its own.
  const asked: unknown[] = [];
  await page.route('**/api/account/deletion', (route) => {
    asked.push(route.request().postDataJSON());
    return route.fulfill({ status: 204 });
  });
  await openSignedIn('/account');
  await page.getByText('Orders may be working at IBKR').waitFor();
  await page.getByRole('link', { name: label }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  const dialog = page.getByRole('dialog');
  const yes = dialog.getByRole('button', { name: 'Delete everything' });
  expect(await yes.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Type /).fill(demo().email);
  expect(await yes.isDisabled()).toBe(true);
  await dialog.getByRole('checkbox').check();
  await expectAccessible(page);
  expect(asked).toEqual([]);
  await yes.click();
  await page.getByRole('heading', { name: 'When you have deleted it' }).waitFor();
  expect(asked).toEqual([{ email: demo().email, ordersStay: true }]);
  await page.goto(`${demo().origin}/account`);
  await page.getByRole('button', { name: 'Continue as the demo user' }).waitFor();
});

it('is found from everywhere in the console', async () => {
  await page.goto(`${demo().origin}/connections`);
  await page.getByRole('button', { name: 'Continue as the demo user' }).click();
  await page.getByRole('button', { name: demo().email }).click();
  await page.getByRole('link', { name: 'Account and data' }).click();
  await page.getByRole('heading', { name: 'Account', exact: true }).waitFor();
  await page.getByRole('link', { name: /^What is kept about you/ }).click();
  await page.getByText('IP address').first().waitFor();
  await expectAccessible(page);
});
