/** The console as its owner uses it in a browser: the shell, all connections, and parts that are loaded on demand. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { storeGrant } from '../../functions/src/testing/oauth/grants.ts';
import { database } from '../database.ts';
import { demoKey, demoSandbox, sandbox } from '../demo-sandbox.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { RESTING } from '../sandbox.ts';
import { eachWithControls } from './connection-page.ts';
import { expectStill, watchShifts } from './shifts.ts';
import { expectAccessible, PHONE } from './watched-page.ts';

const MOST_SHELL_BYTES = 200_000;

let context: BrowserContext;
let page: Page;
let faults: string[];
const { openSignedIn, heading } = eachWithControls((fresh) => {
  ({ context, page, faults } = fresh);
});

describe('all connections', () => {
  it('are searched by name, account and app, and by parts of several', async () => {
    const label = `Needle ${randomUUID()}`;
    const { id } = await demoSandbox({ label });
    await storeGrant(database(), { ownerUid: demo().uid, connectionId: id, clientName: 'Rare Host' });
    for (let count = 0; count < 4; count++) await demoSandbox({ label: 'Hay' });
    await openSignedIn('/connections');
    const found = page.getByRole('article');
    await page.getByRole('article', { name: label }).getByText('Rare Host').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search connections' });
    for (const text of [label.toUpperCase(), `${label.slice(-8)} rare sandbox`]) {
      await search.fill(text);
      await page
        .getByRole('status')
        .getByText(/^1 of \d+ connections$/)
        .waitFor();
      await found.getByText(label).waitFor();
      expect(await found.count()).toBe(1);
    }
    await expectAccessible(page);
    await search.fill('neither this nor that');
    await page.getByText(/^0 of \d+ connections$/).waitFor();
    expect(await found.count()).toBe(0);
  });
});

describe('the title of a page that shows no orders', () => {
  it.each(['news', 'notifications', 'account'])('tells on /%s how many wait', async (path) => {
    const { id } = await sandbox();
    await callTool('place_order', RESTING, await demoKey(id, 'owner', 'asking'));
    await openSignedIn(`/${path}`);
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) /);
  });
});

describe('the shell', () => {
  it('loads little, and no charts', async () => {
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    });
    await openSignedIn('/connections');
    await heading('Connections');
    await page.waitForLoadState('networkidle');
    const bodies = await Promise.all(scripts);
    expect(bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)).toBeLessThan(MOST_SHELL_BYTES);
    expect(bodies.some((body) => body.includes('tradingview'))).toBe(false);
  });

  it('is found through by keyboard on a phone, and keeps the theme', async () => {
    await page.setViewportSize(PHONE);
    await openSignedIn('/connections');
    await heading('Connections');
    await page.reload();
    await heading('Connections');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    // An address that has no room says that it goes on.
    await page.setViewportSize({ width: 320, height: PHONE.height });
    const cut = await page.evaluate<string>(`(() => {
      const who = [...document.querySelectorAll('[popovertarget="account"] span')].at(-1);
      return who.scrollWidth > who.clientWidth ? getComputedStyle(who).textOverflow : 'whole';
    })()`);
    expect(cut).toBe('ellipsis');
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: demo().email }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Dark' }).focus();
    await page.keyboard.press('Space');
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await page.keyboard.press('Escape');
    await page.reload();
    await heading('Connections');
    expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark');
    // The title of a page is no dimmer than those of its cards.
    const colour = (order: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('main ${order}')).color`);
    expect(await colour('h1')).toBe(await colour('h2'));

    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('Enter');
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await page.getByRole('link', { name: 'Help' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/help');
    await heading('Help');
    // Nothing but its colour says that a topic can be followed.
    await page.locator('main a[href^="/help/"]').first().waitFor();
    const [topic, text] = await Promise.all(['a[href^="/help/"]', 'h1'].map(colour));
    expect(topic).not.toBe(text);
  });

  it('goes anywhere by what is typed, and keeps no first steps that were put away', async () => {
    // Whatever else was done on this stack, one of the steps is open.
    const none = { json: { items: [], nextCursor: null } };
    await page.route('**/api/channels', (route) => route.fulfill(none));
    await openSignedIn('/connections');
    await page
      .getByRole('region', { name: 'First steps' })
      .getByRole('link', { name: 'Allow news' })
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Put away' }).press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.reload();
    await heading('Connections');
    await page.getByRole('article').first().waitFor();
    expect(await page.getByRole('region', { name: 'First steps' }).count()).toBe(0);

    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to a page' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.type('limits sandbox');
    await page
      .getByRole('option', { name: /^Sandbox .*: Limits/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('notific');
    await page.getByRole('option', { name: 'Notifications' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/notifications');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // A short page fits the screen, and begins where the frame does.
    await heading('Notifications');
    expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight')).toBe(0);
    const [brand, title] = await Promise.all(
      ['header a[href="/"]', 'main h1'].map((which) => page.locator(which).boundingBox()),
    );
    expect(title?.x).toBe(brand?.x);
  });
});

describe('a sign-in that has ended', () => {
  it.each([
    ['a page', '/notifications', 'Sign in to see this page.'],
    ['a consent', '/consent/none', 'An app asks for access to your account.'],
  ])('takes the place of %s at once, and nothing moves', async (_, path, words) => {
    await openSignedIn('/account');
    await watchShifts(page);
    // Firebase takes its time to forget somebody.
    await page.addInitScript(`const { addEventListener } = EventTarget.prototype;
      EventTarget.prototype.addEventListener = function (type, listener, options) {
        const isLate = this instanceof IDBRequest && type === 'success';
        addEventListener.call(this, type, isLate ? (event) => setTimeout(listener, 200, event) : listener, options);
      };`);
    await page.addInitScript(`new MutationObserver(() => {
      window.saidFailed ||= document.querySelector('main')?.textContent.includes('Try again');
    }).observe(document, { subtree: true, childList: true })`);
    await page.setViewportSize(PHONE);
    await page.route('**/assets/asking-app-*.js', () => {});
    const json = { error: { code: 'signed_out', message: 'The sign-in has ended.' } };
    await page.route('**/api/**', (route) =>
      route.request().url().endsWith('/config') ? route.continue() : route.fulfill({ status: 401, json }),
    );
    await page.goto(demo().origin + path);
    await page.getByText('Your sign-in has ended').waitFor();
    await page.getByText(words).waitFor();
    // The outline of the page behind it is out of sight, and hides nothing.
    await page.getByRole('link', { name: 'Terms' }).waitFor();
    expect(await page.evaluate<boolean | undefined>('window.saidFailed')).toBeFalsy();
    await expectStill(page);
    faults.splice(0);
  });
});

describe('a part that is loaded on demand', () => {
  it('comes by itself when the device has a connection again', async () => {
    const { id } = await sandbox();
    await watchShifts(page);
    await page.setViewportSize(PHONE);
    await openSignedIn('/account');
    await page.goto(`${demo().origin}/connections/${id}`);
    await page.getByRole('table', { name: 'Positions' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('status').getByText('You are offline.').waitFor();
    await expectStill(page);
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByRole('heading', { level: 2, name: 'This part is not loaded yet' }).waitFor();
    await expectAccessible(page);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'New key' }).waitFor();
    faults.splice(0);
  });

  it('is asked for again after the site was renewed', async () => {
    const { id } = await sandbox();
    await openSignedIn(`/connections/${id}`);
    await page.route('**/assets/keys-tab*.js', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByText('This part could not be loaded').waitFor();
    expect(await page.getByRole('main').innerText()).not.toContain('http');
    await page.unroute('**/assets/keys-tab*.js');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'New key' }).waitFor();
    faults.splice(0);
  });
});
