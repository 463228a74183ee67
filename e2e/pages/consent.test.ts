/** A host's request as a person answers it in a browser, to which Hosting passes no cookie but one. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { callTool, rpc } from '../mcp-endpoint.ts';
import { SdkHost } from '../oauth/clients/sdk-host.ts';
import { demo } from '../own-stack.ts';
import { ageSignIn } from './aged-sign-in.ts';
import { eachWithPage, expectAccessible, PHONE } from './watched-page.ts';

let strict: HostingProxy;
let page: Page;
let faults: string[];
let host: SdkHost;

beforeAll(async () => {
  strict = await startHostingProxy();
});
afterAll(() => strict.stop());

const proxied = () => ({
  proxy: { server: strict.origin, bypass: `<-loopback>,${demo().authEmulator}` },
});
eachWithPage(proxied, (fresh) => {
  ({ page, faults } = fresh);
  host = new SdkHost('current client', strict.fetch);
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

/** Somebody else than the demo user signs in: the emulator believes whatever identity it is told. */
async function continueAs(sub: string): Promise<void> {
  const identity = { sub, email: `${sub}@example.com`, email_verified: true };
  const postBody = new URLSearchParams({ id_token: JSON.stringify(identity), providerId: 'google.com' });
  await page.route('**/accounts:signInWithIdp*', (route) =>
    route.continue({
      postData: { ...route.request().postDataJSON(), postBody: postBody.toString() },
    }),
  );
  await press('Continue as the demo user');
}

/** Follows a host to the page where its user is asked. */
async function openRequest(sub: string): Promise<void> {
  const address = await host.connect();
  await page.goto(String(address));
  await page.getByText('An app that calls itself SDK host').waitFor();
  await continueAs(sub);
  await page.getByRole('heading', { level: 1, name: 'Let SDK host use your account?' }).waitFor();
}

/** Where the browser was sent with the answer. There is no host behind that address here, so that it finds nothing. */
async function answered(): Promise<URL> {
  await page.waitForURL(({ href }) => href.startsWith(host.memory.redirectUrl), { waitUntil: 'load' });
  expect(faults.splice(0).filter((fault) => !fault.includes('404'))).toEqual([]);
  return new URL(page.url());
}

/** A person with a sandbox connection of that label. */
async function ownerWith(sub: string, label: string): Promise<{ token: string; connectionId: string }> {
  const token = await signInAs(sub);
  const { body } = await api(token, 'POST', '/connections', { kind: 'sandbox', label });
  const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(body);
  return { token, connectionId: connection.id };
}

it('leads from the pasted address to the first quote, until the app is revoked', async () => {
  const { token, connectionId } = await ownerWith('pasting', 'My sandbox');
  await openRequest('pasting');
  await page.getByText('An app on this computer asks').waitFor();
  // Nothing leads away from the question.
  expect(await page.getByRole('navigation').count()).toBe(0);
  expect(await page.getByLabel('Read-only').isChecked()).toBe(true);
  await expectAccessible(page);
  await press('Allow');
  await host.finishAuth(await answered());

  expect(await host.connect()).toBeUndefined();
  expect(await callTool('get_quote', { symbol: 'NVDA' }, host.accessToken)).toMatchObject({ symbol: 'NVDA' });
  expect(await api(token, 'GET', '/apps')).toMatchObject({
    body: { items: [{ clientName: 'SDK host', scope: 'read' }] },
  });

  await page.goto(`${demo().origin}/connections/${connectionId}/apps`);
  await press('Revoke SDK host');
  await page.getByRole('heading', { name: 'Revoke SDK host?' }).waitFor();
  await press('Revoke');
  await page.getByText('No host is connected yet').waitFor();
  expect(await rpc('tools/list', {}, { key: host.accessToken })).toMatchObject({ status: 401 });
});

it('lets a person without a connection make a sandbox there and then, and gives rules for trading', async () => {
  await openRequest('newcomer');
  expect(await page.getByRole('button', { name: 'Allow' }).isDisabled()).toBe(true);
  await press('Create a sandbox');
  await page.getByLabel('Read & write').check();
  await page.getByLabel('You, for every order').check();
  await page.getByLabel('Orders per day').fill('5');
  await page.getByLabel('Most per order').fill('50k');
  await page.getByText('Fifty thousand in the base currency.').waitFor();
  await expectAccessible(page);
  await press('Allow');
  await host.finishAuth(await answered());

  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
  expect(await callTool('place_order', order, host.accessToken)).toMatchObject({
    state: 'awaiting_approval',
    approval_url: expect.stringContaining('/approve/'),
  });
  const { trading } = z
    .object({ trading: z.looseObject({}) })
    .parse(await callTool('get_connection_status', {}, host.accessToken));
  expect(trading).toMatchObject({ approval: 'owner', orders_left_today: 5 });
});

it('leaves it open which of several connections, and keeps what was chosen over a new sign-in', async () => {
  const { token } = await ownerWith('choosing', 'First sandbox');
  await api(token, 'POST', '/connections', { kind: 'sandbox', label: 'Second sandbox' });
  await openRequest('choosing');
  expect(await page.getByRole('radio', { checked: true }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Allow' }).isDisabled()).toBe(true);
  await page.getByLabel('Second sandbox').check();
  await page.getByLabel('Read & write').check();
  await page.getByLabel('Orders per day').fill('3');
  await ageSignIn(page);
  await press('Allow');
  const again = page.getByRole('dialog', { name: 'Sign in again to go on' });
  await again.getByText('as choosing@example.com').waitFor();
  await expectAccessible(page);

  await again.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Not done: it needs a new sign-in').waitFor();
  for (const name of ['Second sandbox', 'Read & write']) {
    expect(await page.getByLabel(name).isChecked()).toBe(true);
  }
  expect(await page.getByLabel('Orders per day').inputValue()).toBe('3');

  await press('Allow');
  await again.getByRole('button', { name: 'Continue as the demo user' }).click();
  // The browser itself notes the refusals.
  await page.waitForURL(({ href }) => href.startsWith(host.memory.redirectUrl), { waitUntil: 'load' });
  expect(faults.splice(0).filter((fault) => !/\b40[34]\b/.test(fault))).toEqual([]);
  expect((await answered()).searchParams.get('code')).toBeTruthy();
});

it('offers few of many connections at once, and finds the others by a part of their name', async () => {
  const { token } = await ownerWith('adviser', 'Client A1');
  const labels = Array.from({ length: 10 }, (_, index) => `Client B${index}`);
  for (const label of labels) await api(token, 'POST', '/connections', { kind: 'sandbox', label });
  await openRequest('adviser');
  const offered = page.getByRole('radio', { name: /^Client/ });
  await offered.first().waitFor();
  expect(await offered.count()).toBe(8);
  await page.getByLabel('Find a connection').fill(' client a1 ');
  await page.getByRole('status').getByText('1 of 11 are shown.').waitFor();
  await offered.check();
  await page.getByLabel('Find a connection').fill('nothing like it');
  expect(await offered.isChecked()).toBe(true);
  await expectAccessible(page);
  await press('Allow');
  await host.finishAuth(await answered());
  expect(await api(token, 'GET', '/apps')).toMatchObject({ body: { items: [{ clientName: 'SDK host' }] } });
});

it('wraps the longest name of a host and of where it sends its answer', async () => {
  const redirect_uri = `https://${'w'.repeat(60)}.${'x'.repeat(60)}.example/callback`;
  const registered = await fetch(`${demo().origin}/oauth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_name: 'W'.repeat(100), redirect_uris: [redirect_uri] }),
  });
  const { client_id } = z.object({ client_id: z.string() }).parse(await registered.json());
  const query = new URLSearchParams({
    ...{ client_id, redirect_uri, response_type: 'code', scope: 'read', state: 'x' },
    // Of RFC 7636 appendix B; nobody redeems the code.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource: `${demo().origin}/mcp`,
  });
  await page.goto(`${demo().origin}/oauth/authorize?${query}`);
  const expectWrapped = async () => {
    for (const width of [320, PHONE.width, 640]) {
      await page.setViewportSize({ width, height: PHONE.height });
      const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(wider, String(width)).toBeLessThanOrEqual(0);
    }
  };
  await page.getByText(/W{100}/).waitFor();
  await expectWrapped();
  await continueAs('long-named');
  await page.getByRole('heading', { level: 1, name: /^Let W{100} use your account\?$/ }).waitFor();
  await expectWrapped();
});

it('finds the way back to a request from the page where a connection is added', async () => {
  await openRequest('wanderer');
  await page.getByRole('link', { name: 'add your own account' }).click();
  await page.getByRole('link', { name: 'Continue connecting it' }).click();
  await press('Create a sandbox');
  await press('Allow');
  expect((await answered()).searchParams.get('code')).toBeTruthy();
});

it('says what the host may do already, and takes it back on request', async () => {
  const { token } = await ownerWith('twice', 'My sandbox');
  await openRequest('twice');
  await press('Allow');
  await host.finishAuth(await answered());
  expect(await host.connect()).toBeUndefined();
  const first = host.accessToken;

  host.memory.stored = undefined;
  await page.goto(String(await host.connect()));
  await page.getByText('My sandbox, read-only, allowed').waitFor();
  await page.getByLabel('Take the earlier access back').check();
  await press('Allow');
  await host.finishAuth(await answered());
  expect(await host.connect()).toBeUndefined();
  const { items } = z.object({ items: z.array(z.unknown()) }).parse((await api(token, 'GET', '/apps')).body);
  expect(items).toHaveLength(1);
  await expect(callTool('get_cash', {}, first)).rejects.toThrow();
});

it('gives somebody who planted their cookie in the browser no code for the yes of its owner', async () => {
  await ownerWith('planted', 'My sandbox');
  const begun = await strict.fetch(String(await host.connect()), { redirect: 'manual' });
  const [cookie = ''] = begun.headers.getSetCookie()[0]?.split(';') ?? [];
  const value = cookie.replace(/^__session=/, '');
  await page.context().addCookies([{ name: '__session', value, url: demo().origin }]);
  const consent = new URL(begun.headers.get('location') ?? '', demo().origin);
  await page.goto(consent.href);
  await continueAs('planted');
  await page.getByRole('heading', { level: 1, name: 'Let SDK host use your account?' }).waitFor();

  const uid = consent.pathname.split('/').at(-1);
  const { promise: goneOn, resolve: goOn } = Promise.withResolvers<void>();
  await page.route(`**/oauth/authorize/${uid}**`, async (route) => {
    const tried = await strict.fetch(`${demo().origin}/oauth/authorize/${uid}`, {
      redirect: 'manual',
      headers: { cookie },
    });
    expect([tried.status, tried.headers.get('location')]).toEqual([400, null]);
    goOn();
    await route.continue();
  });
  await press('Allow');
  await goneOn;
  expect((await answered()).searchParams.get('code')).toBeTruthy();
});

it('brings a no to the host', async () => {
  await ownerWith('refusing', 'My sandbox');
  await openRequest('refusing');
  await press('Cancel');
  const { searchParams } = await answered();
  expect(searchParams.get('error')).toBe('access_denied');
  expect(searchParams.get('iss')).toBe(demo().origin);
});

it('says what to do when a request is over', async () => {
  await ownerWith('late', 'My sandbox');
  await page.goto(`${demo().origin}/consent/nothing-of-that-name`);
  await continueAs('late');
  await page.getByRole('heading', { level: 1, name: 'This request is over' }).waitFor();
  await expectAccessible(page);
  // The browser itself notes the refusal.
  expect(faults.splice(0)).not.toContainEqual(expect.not.stringContaining('Failed to load resource'));
});

it('lets no other page frame it', async () => {
  const { headers } = await fetch(`${demo().origin}/consent/any`);
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});
