/** What is pressed twice is done once: a double click, an Enter that is held down. */
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { connection, eachWithControls } from './connection-page.ts';

let page: Page;
const { openSignedIn, press, field } = eachWithControls((fresh) => {
  ({ page } = fresh);
});

/** Two clicks before the page can draw anything in between. */
const twice = (button: Locator) =>
  button.evaluate((element: { click: () => void }) => {
    element.click();
    element.click();
  });

/** What was sent by then of what changes something. */
function sentChanges(): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (
      request.method() !== 'GET' &&
      /^\/api\/(connections|keys)/.test(pathname) &&
      !pathname.includes('/tools/')
    ) {
      sent.push(`${request.method()} ${pathname.replace(/^\/api|(?<=connections\/)\w{20}/g, '')}`);
    }
  });
  return sent;
}

it('makes one key', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/keys`);
  const sent = sentChanges();
  await press('New key');
  await field('Name').fill('once');
  await page.evaluate(
    `document.activeElement.form.requestSubmit(), document.activeElement.form.requestSubmit()`,
  );
  await page.getByText('Copy the key now').waitFor();
  expect(sent).toEqual(['POST /connections//keys']);
  // The same wish again is another one.
  await press('New key');
  await field('Name').fill('once');
  await press('Make the key');
  await expect.poll(() => page.getByRole('region', { name: 'once', exact: true }).count()).toBe(2);
});

it('adds one connection', async () => {
  await openSignedIn('/connections/new');
  const sent = sentChanges();
  await twice(page.getByRole('button', { name: 'Add a sandbox' }));
  await page.getByText('Copy its API key now').waitFor();
  expect(sent.filter((one) => one === 'POST /connections')).toHaveLength(1);
});

it('stops and deletes once', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/settings`);
  const sent = sentChanges();
  const yes = (name: string) => page.getByRole('dialog').getByRole('button', { name });
  await press('Stop trading on Sandbox');
  await twice(yes('Stop trading'));
  await page.getByText('No order of its accounts works any more.').waitFor();
  await press('Delete this connection');
  await twice(yes('Delete'));
  await page.waitForURL('**/connections');
  expect(sent).toEqual(['POST /connections//panic', 'DELETE /connections/']);
});
