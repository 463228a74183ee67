/** What the pages of a connection take: room, requests, and moves of what was drawn before. */
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { revokeGrant } from '../../../functions/src/store/credentials/grants.ts';
import { storeGrant } from '../../../functions/src/testing/oauth/grants.ts';
import { api, signInAsDemoUser } from '../../console-client.ts';
import { database } from '../../database.ts';
import { demoKey, sandbox } from '../../demo-sandbox.ts';
import { callTool } from '../../mcp-endpoint.ts';
import { demo } from '../../own-stack.ts';
import { RESTING } from '../../sandbox.ts';
import { eachWithControls } from '../connection-page.ts';
import { expectStill, watchShifts } from '../shifts.ts';
import { expectAccessible, PHONE } from '../watched-page.ts';

const LONG = 'W'.repeat(60);

let context: BrowserContext;
let page: Page;
let faults: string[];
const { openSignedIn } = eachWithControls((fresh) => {
  ({ context, page, faults } = fresh);
});

describe('the pages of a connection', () => {
  it('tell of orders that wait, wrap long names, and begin with the way to their content', async () => {
    const token = await signInAsDemoUser();
    const { body } = await api(token, 'POST', '/connections', { kind: 'sandbox', label: LONG });
    const { id } = (body as { connection: { id: string } }).connection;
    const key = await demoKey(id, 'owner', 'K'.repeat(60));
    const { approval_url } = await callTool('place_order', RESTING, key);
    await openSignedIn(`/connections/${id}`);
    await page.getByRole('heading', { name: '1 order waits for you', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Orders 1 waiting for you' }).waitFor();
    await expectAccessible(page);
    for (const path of [`/connections/${id}/keys`, `/connections/${id}/limits`, String(approval_url)]) {
      await page.goto(new URL(path, demo().origin).href);
      await page
        .getByText(path.includes('approve') ? 'asked for this' : 'Stop trading')
        .first()
        .waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
      for (const width of [320, PHONE.width, 640]) {
        await page.setViewportSize({ width, height: PHONE.height });
        expect(
          await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
          path,
        ).toBeLessThanOrEqual(0);
      }
    }
    await page.setViewportSize(PHONE);
    const approve = await page.getByRole('button', { name: 'Approve' }).boundingBox();
    expect((approve?.y ?? Infinity) + (approve?.height ?? 0)).toBeLessThanOrEqual(PHONE.height);
  });

  it('leave room beside the long name of a key that ended', async () => {
    const token = await signInAsDemoUser();
    const { id } = await sandbox();
    const { body } = await api(token, 'POST', `/connections/${id}/keys`, { label: LONG, scope: 'read' });
    await api(token, 'DELETE', `/keys/${(body as { key: { id: string } }).key.id}`);
    await page.setViewportSize(PHONE);
    await openSignedIn(`/connections/${id}/keys`);
    await page.getByText('Keys that ended (1)').click();
    const use = await page.getByRole('columnheader', { name: 'Use' }).boundingBox();
    expect((use?.x ?? Infinity) + (use?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
  });

  it('ask at most six times a minute, also while an order works, and move nothing', async () => {
    const { id, key } = await sandbox();
    await callTool('place_order', RESTING, key);
    await page.clock.install();
    await watchShifts(page);
    await openSignedIn(`/connections/${id}`);
    /** What was asked for since the page was opened, and of that what was asked for again. */
    const asked = new Set<string>();
    const again: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!new URL(url).pathname.startsWith('/api/')) return;
      if (asked.has(url)) again.push(url);
      asked.add(url);
    });
    for (const path of ['', `/${id}`, `/${id}/market?conid=4815747`, `/${id}/orders`, `/${id}/activity`]) {
      asked.clear();
      await page.goto(`${demo().origin}/connections${path}`);
      await page
        .getByRole('button', { name: /^Stop trading/ })
        .first()
        .waitFor();
      await page.waitForLoadState('networkidle');
      again.splice(0);
      for (let seconds = 0; seconds < 60; seconds += 5) {
        await page.clock.runFor(5_000);
        await page.waitForLoadState('networkidle');
      }
      expect(again.length, `${path}: ${again.join(' ')}`).toBeLessThanOrEqual(6);
      await expectStill(page, path);
    }
  });

  it('leave a phone to their content, however long the name, and whatever there is to be done', async () => {
    const token = await signInAsDemoUser();
    const url = `http://${demo().simulator}`;
    const live = { kind: 'gateway', mode: 'live', label: LONG, url };
    const { body } = await api(token, 'POST', '/connections', live);
    const { id } = (body as { connection: { id: string } }).connection;
    await page.setViewportSize(PHONE);
    await openSignedIn(`/connections/${id}`);
    await page.getByText('Set the connection to paper in its settings').first().waitFor();
    await page.getByText('Live · real money').waitFor();
    const tabs = await page.getByRole('navigation', { name: LONG }).boundingBox();
    expect((tabs?.y ?? Infinity) + (tabs?.height ?? 0)).toBeLessThan(250);
    await expectAccessible(page);

    const grant = { ownerUid: demo().uid, connectionId: id, clientName: 'Copied Host' };
    await revokeGrant(database(), await storeGrant(database(), grant), true);
    await api(token, 'PATCH', `/connections/${id}`, { limits: { trading: false } });
    await page.reload();
    await page.getByText('Copied Host was disconnected').waitFor();
    await page.getByText('Trading is stopped').waitFor();
    const below = await page.getByRole('navigation', { name: LONG }).boundingBox();
    expect((below?.y ?? Infinity) + (below?.height ?? 0)).toBeLessThan(250);
    await expectAccessible(page);
    faults.splice(0);
  });

  it.each([
    ['orders', '**/tools/get_orders', '••••'],
    ['apps', '**/api/apps?*', 'Paper · no real money'],
  ])('move nothing on the narrowest phone when their %s come', async (path, read, drawn) => {
    const { id } = await sandbox();
    await watchShifts(page);
    await page.setViewportSize({ width: 320, height: 568 });
    await openSignedIn('/account');
    const rest = Promise.withResolvers<void>();
    await page.route(read, async (route) => {
      await rest.promise;
      await route.continue();
    });
    await page.goto(`${demo().origin}/connections/${id}/${path}`);
    await page.getByText(drawn).first().waitFor();
    await page.locator('main .mantine-Skeleton-root').first().waitFor();
    rest.resolve();
    await page.locator('main .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle');
    await expectStill(page);
  });

  it.each([
    ['all of an overview', '/connections/*', '/tools/get_*', 'Net liquidation', true],
    ['a part of its figures', '/connections/*', '/tools/get_pnl', 'Net liquidation', false],
    ['a quote', '/connections/*/market?conid=4815747', '/tools/get_*', 'Previous close', true],
    ['what is told of all connections', '/connections', '/api/glance', 'Stop trading', false],
  ])(
    'move nothing on a phone when %s fails after its outline was drawn',
    async (_, path, read, drawn, isGone) => {
      const { id } = await sandbox();
      await watchShifts(page);
      await page.setViewportSize(PHONE);
      await openSignedIn('/account');
      const outline = Promise.withResolvers<void>();
      const error = { code: 'ibkr_unavailable', message: 'IBKR is away.', hint: 'Wait.', retryable: true };
      await page.route(`**${read}`, async (route) => {
        await outline.promise;
        await route.fulfill({ status: 422, json: { error } });
      });
      await page.goto(demo().origin + path.replace('*', id));
      const figures = page.getByText(drawn, { exact: true }).first();
      await figures.waitFor();
      outline.resolve();
      await page.getByRole('alert').getByText('IBKR is away. Wait.').first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await figures.isVisible()).toBe(!isGone);
      await expectStill(page);
      await expectAccessible(page);
      faults.splice(0);
    },
  );

  it.each([
    ['overview', '', 'Columns and files'],
    ['orders', '/orders', 'You cannot enter orders here'],
  ])('show their %s without orders that come late, which move nothing', async (_, path, drawn) => {
    const { id } = await sandbox();
    await callTool('place_order', RESTING, await demoKey(id, 'owner', 'asking'));
    await watchShifts(page);
    await page.setViewportSize(PHONE);
    await openSignedIn('/account');
    const rest = Promise.withResolvers<void>();
    await page.route('**/intents?waiting=true', async (route) => {
      await rest.promise;
      await route.continue();
    });
    await page.goto(`${demo().origin}/connections/${id}${path}`);
    await page.getByText(drawn).waitFor();
    rest.resolve();
    await page.getByRole('link', { name: /^Buy 10 NVDA/ }).waitFor();
    await expectStill(page);
    await expectAccessible(page);
  });

  it('say that one waits, or is offline, above their name on a phone', async () => {
    const { id } = await sandbox();
    await page.setViewportSize(PHONE);
    await openSignedIn('/account');
    await page.route('**/tools/*', () => {});
    await page.goto(`${demo().origin}/connections/${id}`);
    const name = page.getByRole('heading', { level: 1 });
    const menu = page.getByRole('button', { name: demo().email });
    const expectClear = async (words: string) => {
      const line = page.getByText(words);
      await line.waitFor();
      const [above, at, below] = await Promise.all([menu, line, name].map((part) => part.boundingBox()));
      expect((above?.y ?? Infinity) + (above?.height ?? 0)).toBeLessThanOrEqual(at?.y ?? 0);
      expect((at?.y ?? Infinity) + (at?.height ?? 0)).toBeLessThanOrEqual((below?.y ?? 0) + 1);
    };
    await name.waitFor();
    await expectClear('Waiting for an answer');
    await context.setOffline(true);
    await expectClear('You are offline');
    await context.setOffline(false);
    faults.splice(0);
  });

  it('tell what is chosen, on and open where the system chooses the colours', async () => {
    const { id } = await sandbox();
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await openSignedIn(`/connections/${id}/limits`);
    await page.getByRole('switch', { name: 'Refuse short sales' }).press('Space');
    const looks = (selector: string, property: string) =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('${selector}')].map((one) => getComputedStyle(one).${property})`,
      );
    const chosen = async (selector: string, which: string, property: string) => {
      const [on] = await looks(`${selector}${which}`, property);
      const off = await looks(`${selector}:not(${which})`, property);
      expect(off.length, selector).toBeGreaterThan(0);
      expect(off, selector).not.toContain(on);
    };
    await chosen('main .mantine-Radio-radio', ':checked', 'backgroundColor');
    await chosen('main nav a', '[aria-current]', 'borderBottomColor');
    await chosen('main .mantine-Switch-track', ':is(input:checked + *)', 'backgroundColor');
    expect(await looks('main .mantine-Switch-track', 'borderTopWidth')).not.toContain('0px');
    await page.goto(`${demo().origin}/connections/${id}`);
    await page.getByText('Columns and files').waitFor();
    await chosen('main .mantine-SegmentedControl-label', '[data-active]', 'outlineStyle');
  });
});
