/** The tab on which people run a tool themselves. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../../functions/src/tools/registry.ts';
import { demo } from '../../own-stack.ts';
import { clipboardOf, eachWithPage, expectAccessible } from '../watched-page.ts';

describe('the tab', () => {
  let page: Page;
  let faults: string[];

  eachWithPage({ permissions: ['clipboard-read', 'clipboard-write'] }, (fresh) => {
    ({ page, faults } = fresh);
  });

  async function openTab(tool: string): Promise<void> {
    const { origin, connectionId } = demo();
    await page.goto(`${origin}/connections/${connectionId}/try/${tool}`);
    await page.getByRole('button', { name: 'Continue as the demo user' }).click();
    await page.getByRole('button', { name: 'Run' }).waitFor();
  }

  it('runs a quote with the keyboard alone and shows it as a model gets it', async () => {
    await openTab('');
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'symbol' }).focus();
    await page.keyboard.type('nvda');
    await page.keyboard.press('Enter');
    await page.getByText(/^get_quote answered in \d/).waitFor();
    await page.getByRole('button', { name: 'Copy result' }).click();
    await page.getByRole('button', { name: 'Copied result' }).waitFor();
    expect(JSON.parse(await clipboardOf(page))).toMatchObject({ symbol: 'NVDA', last: expect.any(Number) });
    await page.getByRole('button', { name: 'Copy curl command' }).click();
    await page.getByRole('button', { name: 'Copied curl command' }).waitFor();
    expect(await clipboardOf(page)).toContain('"arguments":{"symbol":"nvda"}');
    await expectAccessible(page);
  });

  it('offers only tools that read', async () => {
    await openTab('get_accounts');
    const offered = await page.getByLabel('Tool').locator('option:enabled').allInnerTexts();
    expect(offered.map((text) => text.split(' ')[0])).toEqual(
      TOOLS.filter(({ scope }) => scope === 'read').map(({ name }) => name),
    );
    await page.getByText('It takes no arguments.').waitFor();
    await page.goto(page.url().replace('get_accounts', 'place_order'));
    await page.getByText('place_order changes something at IBKR, so it cannot be tried here.').waitFor();
  });

  it('goes to what is missing before anything is asked', async () => {
    await openTab('get_quote');
    await page.getByLabel('Tool').selectOption('search_security');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('Correct what is marked, then run it again.').waitFor();
    await expect
      .poll(() => page.evaluate<string>('document.activeElement?.labels?.[0]?.textContent'))
      .toContain('query');
    await expectAccessible(page);
  });

  it('explains an error, with a link to the help on it', async () => {
    await openTab('get_contract');
    await page.getByRole('textbox', { name: 'symbol' }).fill('NOSUCHX');
    await page.getByRole('button', { name: 'Run' }).click();
    await page
      .getByRole('alert')
      .getByText(/NOSUCHX/)
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'About this error' }).click();
    await page.getByRole('heading', { name: 'not_found' }).waitFor();
    expect(page.url()).toContain('/help/troubleshooting#not_found');
    expect(faults.splice(0)).toEqual([expect.stringContaining('422')]);
  });
});
