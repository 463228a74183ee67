/**
 * News in the browser: from the page where it is allowed, by a push service of the test's own, to the order that is
 * approved. The browser of the tests has no push service and shows no notifications: what it would ask of both is played.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { BrowserContext, Page, Worker } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { subscribedBrowser } from '../../../functions/src/testing/receivers/subscribed-browser.ts';
import { api, signInAsDemoUser } from '../../console-client.ts';
import { demoKey, demoSandbox } from '../../demo-sandbox.ts';
import { callTool } from '../../mcp-endpoint.ts';
import { demo } from '../../own-stack.ts';
import { ordersAt } from '../../sandbox.ts';
import { controlsOf } from '../connection-page.ts';
import { eachWithPage, expectAccessible, PHONE } from '../watched-page.ts';
import { removeChannels } from './channels.ts';

let page: Page;
let context: BrowserContext;

eachWithPage({ viewport: PHONE }, (fresh) => {
  ({ page, context } = fresh);
});

const { openSignedIn, heading, press, section } = controlsOf(() => page);

/** A push service, and what it was given for the browser. */
let service: { endpoint: string; received: Buffer[] };
const browser = subscribedBrowser();

beforeEach(async () => {
  const received: Buffer[] = [];
  const server = createServer(async (request, response) => {
    received.push(await buffer(request));
    response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  service = { endpoint: `http://127.0.0.1:${port}/send/${randomUUID()}`, received };
  return () => server.close();
});

afterEach(removeChannels);

/** Of all the person's connections: other tests leave some. */
async function countWaiting(): Promise<number> {
  const { body } = await api(await signInAsDemoUser(), 'GET', '/intents?waiting=true');
  const { items } = z
    .object({ items: z.array(z.object({ approval: z.object({ expiresAt: z.iso.datetime().nullable() }) })) })
    .parse(body);
  return items.filter(({ approval }) => Date.parse(approval.expiresAt ?? '9999') > Date.now()).length;
}

/** What the person answers when the browser asks, and the push service that it has. */
async function playBrowser(permission: 'granted' | 'denied', asked = permission): Promise<void> {
  const subscription = JSON.stringify(browser.subscription(service.endpoint));
  await context.addInitScript(`(() => {
    const subscription = ${subscription};
    Object.defineProperty(Notification, 'permission', { get: () => '${permission}' });
    Notification.requestPermission = async () => '${asked}';
    const made = {
      endpoint: subscription.endpoint,
      toJSON: () => subscription,
      unsubscribe: async () => { sessionStorage.removeItem('subscribed'); return true; },
    };
    PushManager.prototype.getSubscription = async () => sessionStorage.getItem('subscribed') ? made : null;
    PushManager.prototype.subscribe = async () => { sessionStorage.setItem('subscribed', 'yes'); return made; };
  })()`);
}

interface Shown {
  title: string;
  body: string;
  tag: string;
  data: string;
  actions: { action: string }[];
}

/** Has the worker keep what it shows and opens. */
const KEEP = `
  self.shown = [];
  self.opened = [];
  self.focused = [];
  self.onIcon = [];
  self.navigator.setAppBadge = async (count) => { self.onIcon.push(count); };
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => { self.shown.push({ title, ...options }); };
  Clients.prototype.openWindow = async (url) => { self.opened.push(String(url)); return null; };
  WindowClient.prototype.focus = async function () { self.focused.push(this.url); return this; };
`;

/** As the browser tells the worker that somebody tapped on a notification, or on one of its actions. */
const tap = (path: string, action: string) => `(() => {
  const event = new Event('notificationclick');
  const work = [];
  event.notification = { data: ${JSON.stringify(path)}, close() {} };
  event.action = ${JSON.stringify(action)};
  event.waitUntil = (promise) => work.push(promise);
  self.dispatchEvent(event);
  return Promise.all(work).then(() => null);
})()`;

async function startWorker(): Promise<Worker> {
  await expect.poll(() => context.serviceWorkers().length).toBe(1);
  const [worker] = context.serviceWorkers();
  if (worker === undefined) throw new Error('There is no service worker.');
  await worker.evaluate(KEEP);
  return worker;
}

/** Gives the worker a message as the browser does that its push service gave it. */
async function deliver(data: string): Promise<void> {
  const devtools = await context.newCDPSession(page);
  const registered = Promise.withResolvers<string>();
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    for (const { registrationId } of registrations) registered.resolve(registrationId);
  });
  await devtools.send('ServiceWorker.enable');
  const registrationId = await registered.promise;
  const { origin } = demo();
  await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
  await devtools.detach();
}

const messages = () => service.received.map((body) => browser.read(body) as Record<string, unknown>);
/** What a connection's order that waits is told with, once it is. */
async function toldOfWaiting(intentId: string): Promise<Record<string, unknown>> {
  const told = () => messages().find(({ path }) => path === `/approve/${intentId}`);
  await expect.poll(told).toBeDefined();
  return told() ?? {};
}

async function orderWaits(): Promise<{ key: string; intentId: string }> {
  const { id } = await demoSandbox({ label: 'Pushed' });
  const key = await demoKey(id, 'owner');
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'MKT' };
  const { intent_id } = z.object({ intent_id: z.string() }).parse(await callTool('place_order', order, key));
  return { key, intentId: intent_id };
}

it('leads on a phone from the first yes to an order that is approved and filled', async () => {
  await playBrowser('granted');
  await openSignedIn('/notifications');
  await heading('Notifications');
  const own = section('This browser');
  await own.getByText('Be told at once when an order waits for you').waitFor();
  await expectAccessible(page);
  await press('Tell me in this browser');
  await own.getByText('This browser tells you').waitFor();
  await expectAccessible(page);
  const worker = await startWorker();

  const { key, intentId } = await orderWaits();
  const told = await toldOfWaiting(intentId);
  expect(told).toMatchObject({ title: 'An order waits for you', body: '', isWaiting: true });
  expect(told.waitingOrders).toBeGreaterThan(0);
  expect(JSON.stringify(told)).not.toContain('NVDA');

  await deliver(JSON.stringify(told));
  await expect.poll(() => worker.evaluate<number>('self.shown.length')).toBe(1);
  const [shown] = await worker.evaluate<Shown[]>('self.shown');
  expect(shown).toMatchObject({ title: 'An order waits for you', tag: told.id, data: told.path });
  expect(shown?.actions.map(({ action }) => action)).toEqual(['approve', 'reject']);
  await expect.poll(() => worker.evaluate<number[]>('self.onIcon')).toEqual([told.waitingOrders]);

  await worker.evaluate(tap(shown?.data ?? '', 'approve'));
  const [opened = ''] = await worker.evaluate<string[]>('self.opened');
  expect(opened).toBe(`${demo().origin}/approve/${intentId}`);
  expect(await ordersAt(key)).toEqual([]);
  await page.goto(opened);
  await heading('Buy 3 NVDA');
  expect(await ordersAt(key)).toEqual([]);
  await worker.evaluate(tap(shown?.data ?? '', 'reject'));
  expect(await worker.evaluate<string[]>('self.focused')).toEqual([opened]);
  await expectAccessible(page);
  await press('Approve');
  await page.getByText(/^Filled: bought 3 NVDA/).waitFor();
  expect(await ordersAt(key)).toMatchObject([{ symbol: 'NVDA', quantity: 3, status: 'Filled' }]);
});

it('says what the order is once that is chosen, and nothing once it is stopped', async () => {
  await playBrowser('granted');
  await openSignedIn('/notifications');
  await press('Tell me in this browser');
  const own = section('This browser');
  const details = own.getByRole('switch', { name: 'Say what the order is' });
  await own.getByText('This browser tells you').waitFor();
  await details.click();
  await expect.poll(() => details.isChecked()).toBe(true);
  const { intentId } = await orderWaits();
  expect((await toldOfWaiting(intentId)).body).toContain('NVDA');

  await press('Stop telling this browser');
  await own.getByRole('button', { name: 'Tell me in this browser' }).waitFor();
  const token = await signInAsDemoUser();
  expect((await api(token, 'GET', '/channels')).body).toMatchObject({ items: [] });
});

it('shows something for a message that is no JSON, and opens no page of another site', async () => {
  await playBrowser('granted');
  await openSignedIn('/notifications');
  await press('Tell me in this browser');
  await section('This browser').getByText('This browser tells you').waitFor();
  const worker = await startWorker();
  await deliver('not JSON');
  await expect.poll(() => worker.evaluate<number>('self.shown.length')).toBe(1);
  expect(await worker.evaluate<Shown[]>('self.shown')).toMatchObject([{ data: '/news', actions: [] }]);
  expect(await worker.evaluate<number[]>('self.onIcon')).toEqual([]);
  await worker.evaluate(tap('https://elsewhere.example/approve/1', ''));
  await worker.evaluate(tap('//elsewhere.example/approve/1', ''));
  expect(await worker.evaluate<string[]>('self.opened')).toEqual([]);
});

it('tells pages that nobody looks at, which ask for nothing by themselves', async () => {
  await playBrowser('granted');
  const { id } = await demoSandbox({ label: 'Unseen' });
  await openSignedIn('/notifications');
  await press('Tell me in this browser');
  await section('This browser').getByText('This browser tells you').waitFor();
  await startWorker();
  await page.goto(`${demo().origin}/connections/${id}/orders`);
  await page.getByText('No order waits for you.').waitFor();
  await page.evaluate(`(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  })()`);
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
  const waits = await callTool('place_order', order, await demoKey(id, 'owner'));
  const { intent_id } = z.object({ intent_id: z.string() }).parse(waits);
  const told = await toldOfWaiting(intent_id);
  const count = await countWaiting();
  const title = `(${count}) Orders · Unseen · IBKR Gateway`;
  expect(await page.title()).not.toBe(title);
  await deliver(JSON.stringify(told));
  await expect.poll(() => page.title()).toBe(title);
});

it('is a site that can be installed, whose worker is asked for anew', async () => {
  const { origin } = demo();
  const worker = await fetch(`${origin}/service-worker.js`);
  expect(Object.fromEntries(worker.headers)).toMatchObject({
    'cache-control': 'no-cache',
    'content-type': expect.stringContaining('javascript'),
    'content-security-policy': expect.stringMatching(/worker-src 'self'; manifest-src 'self'/),
  });
  // It answers no requests: an old page would stay after a deployment.
  expect(await worker.text()).not.toContain('fetch');
  await page.goto(origin);
  const devtools = await context.newCDPSession(page);
  const { errors, data = '' } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { icons, start_url } = z
    .object({ start_url: z.string(), icons: z.array(z.object({ src: z.string(), sizes: z.string() })) })
    .parse(JSON.parse(data));
  expect((await fetch(origin + start_url)).status).toBe(200);
  expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
  for (const { src } of icons) expect((await fetch(origin + src)).status).toBe(200);
});

it('counts the orders that wait on all connections in the title and on the icon, until they are decided on', async () => {
  await context.addInitScript(
    'window.badges = []; navigator.setAppBadge = async (count) => { window.badges.push(count); };',
  );
  const badge = () => page.evaluate<number>('window.badges.at(-1)');
  const { id } = await demoSandbox({ label: 'Counted' });
  const other = await demoSandbox({ label: 'Beside it' });
  const key = await demoKey(id, 'owner');
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
  await callTool('place_order', order, await demoKey(other.id, 'owner'));
  const before = await countWaiting();
  const first = z.object({ approval_url: z.string() }).parse(await callTool('place_order', order, key));
  await openSignedIn(`/connections/${id}/orders`);
  const begin = async () => /^\(\d+\) \w+/.exec(await page.title())?.[0];
  await expect.poll(begin).toBe(`(${before + 1}) Orders`);
  await page.getByRole('link', { name: 'Orders 1 waiting for you' }).waitFor();
  await callTool('place_order', { ...order, quantity: 2 }, key);
  await expect.poll(begin).toBe(`(${before + 2}) Orders`);
  expect(await badge()).toBe(before + 2);

  await page.getByRole('link', { name: 'Keys' }).click();
  await expect.poll(begin).toBe(`(${before + 2}) Keys`);
  await page.goto(first.approval_url);
  await expect.poll(begin).toBe(`(${before + 2}) Approve`);
  await press('Decline');
  await page.getByText('Nothing was sent', { exact: true }).waitFor();
  await expect.poll(begin).toBe(`(${before + 1}) Approve`);
  expect(await badge()).toBe(before + 1);
});

describe('says how it stands in a browser that', () => {
  it('blocks notifications', async () => {
    await playBrowser('denied');
    await openSignedIn('/notifications');
    await page.getByText('This browser blocks notifications of this site').waitFor();
    await expectAccessible(page);
  });

  it('is not allowed to when it asks', async () => {
    await playBrowser('granted', 'denied');
    await openSignedIn('/notifications');
    await press('Tell me in this browser');
    await page.getByText('Notifications were not allowed').waitFor();
    expect(context.serviceWorkers()).toEqual([]);
    await expectAccessible(page);
  });

  it('takes none, and on an iPhone before it is on the home screen', async () => {
    await context.addInitScript('delete window.PushManager;');
    await openSignedIn('/notifications');
    await page.getByText('This browser does not support notifications').waitFor();
    await expectAccessible(page);
    await context.addInitScript(
      "Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)' });",
    );
    await page.reload();
    await page.getByText('First add this site to your home screen').waitFor();
    await expectAccessible(page);
  });
});
