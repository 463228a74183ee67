/** Where the focus goes for whoever has no mouse, and what Escape and the list of pages lose: nothing. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { api, signInAsDemoUser } from '../console-client.ts';
import { demo } from '../own-stack.ts';
import { connection, eachWithControls } from './connection-page.ts';

let page: Page;
let faults: string[];
const { openSignedIn, heading, field, expectFocus } = eachWithControls((fresh) => {
  ({ page, faults } = fresh);
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const hit = (name: string) => button(name).press('Enter');

it.each([
  ['a new key', '/keys', 'New key', 'Name'],
  ['other secrets', '/settings', 'Replace', 'URL'],
  ['another address', '/settings', 'Change the address', 'Address of the gateway'],
  ['a webhook', '/notifications', 'New webhook', 'Name'],
])('goes into the form for %s, and back to its button', async (_, path, opener, first) => {
  // A login of its own: connections do not know what others ask of the same one.
  const url = `http://${demo().simulator}/sandbox/${encodeURIComponent(opener)}`;
  const { id } = await connection({ kind: 'gateway', mode: 'paper', label: 'By keyboard', url });
  await openSignedIn(path === '/notifications' ? path : `/connections/${id}${path}`);
  await hit(opener);
  await expectFocus(field(first));
  await hit('Cancel');
  await expectFocus(button(opener));
});

it('is after the list of pages where it was before', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/keys`);
  const places = page.getByRole('dialog', { name: 'Go to a page' });
  for (const typed of ['', 'lim']) {
    await button('Edit the key Default').focus();
    await page.keyboard.press('Control+k');
    await places.waitFor();
    await page.keyboard.type(typed);
    await page.keyboard.press('Escape');
    await places.waitFor({ state: 'detached' });
    await expectFocus(button('Edit the key Default'));
  }
});

it('stays in the search of calls, which shows what the address says', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/activity`);
  const search = page.getByRole('searchbox', { name: 'Search' });
  await search.fill('NVDA');
  await search.press('Enter');
  await page.waitForURL('**/activity?text=NVDA');
  await expectFocus(search);
  await page.goBack();
  await page.waitForURL('**/activity');
  expect(await search.inputValue()).toBe('');
});

it('stays in the part of the page whose button went away', async () => {
  const { id } = await connection();
  const token = await signInAsDemoUser();
  await openSignedIn(`/connections/${id}/settings`);
  await field('Name').fill('Typed');
  await api(token, 'PATCH', `/connections/${id}`, { label: 'Elsewhere' });
  await hit('Save');
  await hit('Dismiss');
  await expectFocus(button('Save'));
  expect(faults.splice(0)).toEqual([expect.stringContaining('409')]);
  await page.evaluate(`document.querySelector('main section button').remove()`);
  await expectFocus(page.getByRole('region', { name: 'Connection', exact: true }));
});

it('asks before the list of pages, closing and signing out lose what was typed', async () => {
  const { id } = await connection();
  await openSignedIn(`/connections/${id}/keys`);
  await hit('Edit the key Default');
  await field('Name').fill('typed');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const stay = async () => {
    await question.getByRole('button', { name: 'Stay' }).press('Enter');
    await question.waitFor({ state: 'hidden' });
    expect(await field('Name').inputValue()).toBe('typed');
  };
  const goTo = async (place: string) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to a page' }).waitFor();
    await page.keyboard.type(place);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
  };
  await goTo('News');
  await stay();
  await hit('Close the key Default');
  await stay();
  await hit(demo().email);
  await hit('Sign out');
  await stay();
  await page.keyboard.press('Escape');
  await goTo('News');
  await question.getByRole('button', { name: 'Leave' }).press('Enter');
  await heading('News');
  await expectFocus(page.getByRole('main'));
});
