/** The answer to a request for consent, which takes the browser that began it and a person signed in at it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { demo } from '../own-stack.ts';
import { age, newOwner, type Owner, statusAtMcp } from './oauth-calls.ts';
import { Browser, begin, OauthHost, REDIRECT_URI, resume } from './oauth-host.ts';

let proxy: HostingProxy;
let host: OauthHost;
let owner: Owner;
const origin = demo().origin;

beforeAll(async () => {
  [proxy, owner] = await Promise.all([startHostingProxy(), newOwner('consenting')]);
  host = await OauthHost.open(proxy);
});
afterAll(() => proxy.stop());

async function pending(browser = new Browser(proxy), parameters: Record<string, string> = {}) {
  const request = await host.authorizationRequest(parameters);
  return { browser, request, uid: await begin(browser, request.url) };
}
const yes = () => ({ decision: 'approve', connectionId: owner.connectionId, scope: 'read' });
/** Only this owner's: what a person granted in an earlier file may still be on its way. */
const grants = async () =>
  (await database().collection('grants').where('connectionId', '==', owner.connectionId).get()).size;

it('takes an ID token, the cookie, our own origin, POST and JSON, all of them (attack 12)', async () => {
  const { browser, uid } = await pending();
  const before = await grants();
  expect(await browser.consent(uid, null, yes())).toMatchObject({
    status: 401,
    body: { error: { code: 'signed_out' } },
  });
  expect(await browser.consent(uid, owner.idToken, yes(), { Cookie: '' })).toMatchObject({
    status: 400,
    body: { error: { code: 'interaction_expired' } },
  });
  for (const Origin of ['https://evil.example', 'null', '']) {
    expect(await browser.consent(uid, owner.idToken, yes(), { Origin })).toMatchObject({
      status: 403,
      body: { error: { code: 'foreign_origin' } },
    });
  }
  expect(await browser.consent(uid, owner.idToken, yes(), { 'Content-Type': 'text/plain' })).toMatchObject({
    status: 415,
  });
  const put = await browser.send(`/api/consent/${uid}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${owner.idToken}` },
  });
  expect(put.status).toBe(405);
  expect(await grants()).toBe(before);
  expect(await browser.consent(uid, owner.idToken, yes())).toMatchObject({ status: 200 });
});

it('of another browser is refused with nothing told (attack 13)', async () => {
  const { uid } = await pending();
  const other = new Browser(proxy);
  await pending(other);
  for (const browser of [new Browser(proxy), other]) {
    const answer = await browser.consent(uid, owner.idToken);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'interaction_expired' } } });
    expect(JSON.stringify(answer.body)).not.toContain(host.client.client_id);
    const page = await browser.send(`/oauth/authorize/${uid}`);
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('invalid_request');
  }
});

it('with a cookie of our form that another key made is refused', async () => {
  const { browser, uid } = await pending();
  const cookie = browser.cookies.replace(/.{6}$/, 'AAAAAA');
  expect(await browser.consent(uid, owner.idToken, undefined, { Cookie: cookie })).toMatchObject({
    status: 400,
  });
});

it('that has expired says so', async () => {
  const { browser, uid } = await pending();
  await age('Interaction', uid, 'expireAt', 11 * 60_000);
  expect(await browser.consent(uid, owner.idToken)).toMatchObject({
    status: 400,
    body: { error: { code: 'interaction_expired' } },
  });
});

it('is given once, however often it is sent', async () => {
  const { browser, uid } = await pending();
  const before = await grants();
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => browser.consent(uid, owner.idToken, yes())),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
  expect(await grants()).toBe(before + 1);
});

it('gives one code, however often the browser goes on with it', async () => {
  const { browser, uid } = await pending();
  const { body } = await browser.consent(uid, owner.idToken, yes());
  const { redirectTo } = z.object({ redirectTo: z.string() }).parse(body);
  const Cookie = browser.cookies;
  const answers = await Promise.all(
    Array.from({ length: 3 }, () => browser.send(redirectTo, { headers: { Cookie } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
  const location = answers.find(({ status }) => status === 303)?.headers.get('location') ?? '';
  expect(new URL(location).searchParams.get('code')).not.toBeNull();
});

it('never gives more than was asked for', async () => {
  const { browser, uid } = await pending(new Browser(proxy), { scope: 'read' });
  expect(await browser.consent(uid, owner.idToken, { ...yes(), scope: 'write' })).toMatchObject({
    status: 400,
  });
});

it('is for connections of one’s own', async () => {
  const { browser, uid } = await pending();
  const stranger = await signInAs('passer-by');
  expect(await browser.consent(uid, stranger, yes())).toMatchObject({ status: 404 });
  expect(await browser.consent(uid, stranger)).toMatchObject({
    body: { connections: [], earlierGrants: [] },
  });
  // Whoever sits at the browser may sign in as somebody else before they answer.
  expect(await browser.consent(uid, owner.idToken, yes())).toMatchObject({ status: 200 });
});

it.each(['a/b', '..', '__x__', 'x'.repeat(129)])(
  'is not for what is no connection: %s',
  async (connectionId) => {
    const { browser, uid } = await pending();
    expect(await browser.consent(uid, owner.idToken, { ...yes(), connectionId })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_body' } },
    });
  },
);

it('can be refused', async () => {
  const { browser, request, uid } = await pending();
  const { body } = await browser.consent(uid, owner.idToken, { decision: 'deny' });
  const { redirectTo } = z.object({ redirectTo: z.string() }).parse(body);
  const told = Object.fromEntries((await resume(browser, redirectTo)).searchParams);
  expect(told).toMatchObject({ error: 'access_denied', state: request.state, iss: origin });
});

it('works in two tabs with two hosts', async () => {
  const browser = new Browser(proxy);
  const other = await OauthHost.open(proxy);
  const [one, two] = [await host.authorizationRequest(), await other.authorizationRequest()];
  const uids = [await begin(browser, one.url), await begin(browser, two.url)];
  for (const [index, [as, request]] of (
    [
      [host, one],
      [other, two],
    ] as const
  ).entries()) {
    const { body } = await browser.consent(uids[index] ?? '', owner.idToken, yes());
    const { redirectTo } = z.object({ redirectTo: z.string() }).parse(body);
    const tokens = await as.redeem(request, await resume(browser, redirectTo));
    expect(await statusAtMcp(tokens.access_token)).toBe(200);
  }
});

it('offers to take back what the host was given before', async () => {
  const once = await OauthHost.open(proxy, {
    redirect_uris: [REDIRECT_URI],
    client_name: 'Connected twice',
  });
  const first = await once.connect(new Browser(proxy), owner.idToken, yes());
  const browser = new Browser(proxy);
  const { url } = await once.authorizationRequest();
  const uid = await begin(browser, url);
  const shown = await browser.consent(uid, owner.idToken);
  expect(shown).toMatchObject({
    body: { earlierGrants: [{ connectionId: owner.connectionId, scope: 'read' }] },
  });
  await browser.consent(uid, owner.idToken, { ...yes(), revokeEarlier: true });
  expect(await statusAtMcp(first.access_token)).toBe(401);
});

it('sets one sealed cookie, in an answer that is private', async () => {
  const { url } = await host.authorizationRequest();
  const answer = await proxy.fetch(url, { redirect: 'manual' });
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__session=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  const uid = answer.headers.get('location')?.split('/').at(-1) ?? '';
  expect(answer.headers.getSetCookie().join()).not.toContain(uid);
});
