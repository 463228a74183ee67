/** The page that tells what happened to orders. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { demoKey, demoSandbox } from '../../demo-sandbox.ts';
import { callTool } from '../../mcp-endpoint.ts';
import { demo } from '../../own-stack.ts';
import { controlsOf } from '../connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from '../watched-page.ts';

let page: Page;

eachWithPage({}, (fresh) => {
  ({ page } = fresh);
});

const { openSignedIn, heading } = controlsOf(() => page);

it('tells of a fill and of an order that waits, which it leads to', async () => {
  const label = `Sandbox of ${Date.now()}`;
  const { id } = await demoSandbox({ label });
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 2, order_type: 'MKT' };
  await callTool('place_order', order, await demoKey(id, 'none'));
  await callTool('place_order', { ...order, quantity: 3 }, await demoKey(id, 'owner'));

  await openSignedIn('/connections');
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: demo().email }).click();
  await page.getByRole('link', { name: 'News' }).click();
  await heading('News');
  await page.getByRole('region', { name: 'Account' }).waitFor({ state: 'hidden' });
  const rows = page.getByRole('listitem').filter({ hasText: label });
  await rows.first().waitFor();
  expect(await rows.count()).toBe(2);
  const filled = rows.filter({ hasText: /Filled: 2 at [\d.]+/ });
  expect(await filled.innerText()).toContain('BUY 2 NVDA MKT');
  await expectAccessible(page);

  await rows.getByRole('link', { name: 'An order waited for you' }).click();
  await heading(/3 NVDA/);
  await page.getByRole('button', { name: 'Decline' }).waitFor();
});
