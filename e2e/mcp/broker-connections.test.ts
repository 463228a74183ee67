/** The connection kinds for a real IBKR login, against the simulator in IBKR's place. */
import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newOAuthSecrets } from '../../functions/src/testing/oauth-connection.ts';
import { READ_CALLS } from '../../functions/src/testing/read-calls.ts';
import { api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { callTool, failTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { postToSimulator } from '../sandbox.ts';

/** Every tool that only reads, but those about one order. */
const READS = [...READ_CALLS, ['get_connection_status', {}], ['get_orders', {}], ['get_trades', {}]] as const;

let user: string;

beforeAll(async () => {
  user = await signInAs('owner');
});

async function connect(fields: object): Promise<{ id: string; key: string }> {
  const answer = await api(user, 'POST', '/connections', { mode: 'paper', label: 'Test', ...fields });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 });
  const { connection, apiKey } = z
    .object({ connection: z.object({ id: z.string() }), apiKey: z.string() })
    .parse(answer.body);
  return { id: connection.id, key: apiKey };
}

async function oauthFields(consumerKey: string) {
  return { kind: 'oauth', ...(await newOAuthSecrets(`http://${demo().simulator}`, consumerKey)) };
}

/** A user whom no other try of a test has signed in. */
function freshName(what: string): string {
  return `${what}-${randomUUID().slice(0, 8)}`;
}

/** What a person enters who has the gateway sign in for them, with a user of the simulated IBKR. */
async function managedFields(username: string, settings: object = {}) {
  const { password, totpSecret } = z
    .object({ password: z.string(), totpSecret: z.string() })
    .parse(await postToSimulator('/sim/sign-ins/users', { username, secondFactors: ['4'], ...settings }));
  return { kind: 'managed', username, password, totpSecret, signInUrl: `http://${demo().simulator}` };
}

const gateway = (login = '') => ({ kind: 'gateway', url: `http://${demo().simulator}${login}` });

/** Each kind with a login, and with another one, since connections do not know what others ask of the same login. */
describe.each([
  ['gateway', () => gateway(), () => gateway('/sandbox/live-test')],
  ['oauth', () => oauthFields('READSTEST'), () => oauthFields('LIVETEST')],
  ['managed', () => managedFields('reads-test'), () => managedFields('live-test')],
] as const)('%s', (kind, fields, otherFields) => {
  let key: string;
  let id: string;

  beforeAll(async () => {
    const connection = await connect(await fields());
    expect(await api(user, 'POST', `/connections/${connection.id}/test`)).toMatchObject({
      body: { ok: true },
    });
    // Tools run in another process, which does not count these requests: by IBKR's clock, they are over a second old.
    await postToSimulator('/sim/clock', { advanceMs: 1_500 });
    ({ id, key } = connection);
  });

  it.each(READS)('reads with %s', async (tool, args) => {
    expect(await callTool(tool, args, key)).toBeTypeOf('object');
  });

  const resting = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', tif: 'GTC' };
  /** Near enough to the market for IBKR to ask nothing. */
  const price = async (share: number) => {
    const { last } = z
      .object({ last: z.number() })
      .parse(await callTool('get_quote', { symbol: 'NVDA' }, key));
    return Math.round(last * share * 100) / 100;
  };

  it('previews, places, lists, changes and cancels an order', async () => {
    const limit_price = await price(0.99);
    expect(await callTool('preview_order', { ...resting, limit_price }, key)).toMatchObject({
      commission: { currency: 'USD' },
      refusal: null,
      limit_refusal: null,
      approval: 'none',
    });
    const placed = await callTool('place_order', { ...resting, limit_price }, key);
    expect(placed).toMatchObject({ state: 'working' });
    const { order_id } = placed;
    const listed = async () => {
      const { orders } = z
        .object({ orders: z.array(z.looseObject({ order_id: z.string() })) })
        .parse(await callTool('get_orders', {}, key));
      return orders.find((order) => order.order_id === order_id);
    };
    expect(await listed()).toMatchObject({ state: 'working', quantity: 3, limit_price });
    await callTool('modify_order', { order_id, quantity: 2 }, key);
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({ quantity: 2, limit_price });
    expect(await callTool('cancel_order', { order_id }, key)).toMatchObject({ state: 'cancelled' });
    expect(await listed()).toMatchObject({ state: 'cancelled' });
  });

  it('stops at IBKR’s warnings until they are accepted, through all of a chain', async () => {
    const order = { ...resting, limit_price: await price(1.05), quantity: 1 };
    const asked = await callTool('place_order', order, key);
    expect(asked).toMatchObject({ state: 'needs_reply', warnings: [{ id: 'o163' }] });
    const { intent_id } = z.object({ intent_id: z.string() }).parse(asked);
    expect(await callTool('confirm_order', { intent_id }, key)).toMatchObject({
      state: 'needs_reply',
      intent_id,
      warnings: [{ id: 'o10153' }],
    });
    const filled = await callTool('confirm_order', { intent_id }, key);
    expect(filled).toMatchObject({ state: expect.stringMatching(/filled|working/), intent_id });
    expect(filled.accepted_warnings).toHaveLength(2);
    expect(JSON.stringify(filled.accepted_warnings)).not.toContain('?');
    await expect
      .poll(() => callTool('get_order_status', { intent_id }, key))
      .toMatchObject({ state: 'filled', filled_quantity: 1 });
    const { trades } = z
      .object({ trades: z.array(z.looseObject({ order_id: z.string().nullable() })) })
      .parse(await callTool('get_trades', {}, key));
    expect(trades.map(({ order_id }) => order_id)).toContain(filled.order_id);
  });

  it('sends no order, change or cancellation to an account of the other mode', async () => {
    const placed = await callTool('place_order', { ...resting, limit_price: await price(0.98) }, key);
    const { order_id, account_id } = z.object({ order_id: z.string(), account_id: z.string() }).parse(placed);
    await changeMode('live');
    const writes: [string, object][] = [
      ['place_order', { ...resting, limit_price: 1 }],
      ['confirm_order', { intent_id: 'any' }],
      ['modify_order', { order_id, quantity: 1 }],
      ['cancel_order', { order_id }],
    ];
    const before = await sentTo(account_id);
    expect(before).toBeGreaterThan(0);
    for (const [tool, args] of writes) {
      expect(await failTool(tool, { ...args }, key), tool).toMatchObject({ code: 'account_mode_mismatch' });
    }
    expect(await sentTo(account_id)).toBe(before);
    await changeMode('paper');
    expect(await callTool('cancel_order', { order_id }, key)).toMatchObject({ state: 'cancelled' });
  });

  async function changeMode(mode: 'live' | 'paper'): Promise<void> {
    expect(await api(user, 'PATCH', `/connections/${id}`, { mode })).toMatchObject({ status: 200 });
  }

  /** How many requests that change orders of an account the simulator has seen. */
  async function sentTo(account: string): Promise<number> {
    const answer = await fetch(`http://${demo().simulator}/sim/requests`);
    const { counts } = z.object({ counts: z.record(z.string(), z.number()) }).parse(await answer.json());
    return Object.entries(counts)
      .filter(
        ([request]) =>
          /^(POST|DELETE) .iserver.account.*order/.test(request) &&
          request.includes(account) &&
          !/whatif/.test(request),
      )
      .reduce((total, [, count]) => total + count, 0);
  }

  it('refuses to pass a paper login off as live', async () => {
    const { id } = await connect({ ...(await otherFields()), mode: 'live' });
    // Who signs in for a person has to say which of the two it is, and is told at once.
    const atTheDoor = [{ name: 'sign_in', ok: false, error: { code: 'account_mode_mismatch' } }];
    const afterwards = [
      { name: 'sign_in', ok: true },
      { name: 'accounts', ok: true },
      { name: 'mode', ok: false },
    ];
    expect(await api(user, 'POST', `/connections/${id}/test`)).toMatchObject({
      body: { ok: false, steps: kind === 'managed' ? atTheDoor : afterwards },
    });
  });
});

describe('name, password and authenticator app', () => {
  async function signIns(username: string) {
    const answer = await fetch(`http://${demo().simulator}/sim/sign-ins`);
    return z.object({ byUser: z.record(z.string(), z.unknown()) }).parse(await answer.json()).byUser[
      username
    ];
  }

  it('are never stored in the clear, nor are the cookies of the session', async () => {
    const fields = await managedFields('sealed-test');
    const { id, key } = await connect(fields);
    await callTool('get_accounts', {}, key);
    const dumps: string[] = [];
    for (const name of ['connections', 'signInVault', 'sessions', 'signIns', 'audit']) {
      const { docs } = await database().collection(name).get();
      expect(docs.length, name).toBeGreaterThan(0);
      dumps.push(...docs.map((record) => JSON.stringify([record.id, record.data()])));
    }
    expect(dumps.some((dump) => dump.includes(id))).toBe(true);
    for (const secret of [fields.username, fields.password, fields.totpSecret, 'XYZAB', 'USERID']) {
      expect(dumps.filter((dump) => dump.includes(secret))).toEqual([]);
    }
  });

  it('that IBKR refuses are tried once, until they are changed', async () => {
    const { kind, ...secrets } = await managedFields(freshName('refused'));
    const { id, key } = await connect({ kind, ...secrets, password: 'wrong' });
    for (let call = 0; call < 5; call += 1) {
      expect(await failTool('get_accounts', {}, key)).toMatchObject({ code: 'credentials_rejected' });
    }
    expect(await api(user, 'POST', `/connections/${id}/test`)).toMatchObject({ body: { ok: false } });
    expect(await signIns(secrets.username)).toMatchObject({ attempts: 1, refused: 1 });
    expect(await api(user, 'PATCH', `/connections/${id}`, { secrets })).toMatchObject({ status: 200 });
    expect(await callTool('get_accounts', {}, key)).toMatchObject({ mode: 'paper' });
    expect(await signIns(secrets.username)).toMatchObject({ attempts: 2, refused: 1 });
  });

  it('are one sign-in after the night, without a person', async () => {
    const username = freshName('night');
    const { key } = await connect(await managedFields(username, { secondFactors: [] }));
    await callTool('get_accounts', {}, key);
    await fetch(`http://${demo().simulator}/sim/sign-ins/sessions?user=${username}`, { method: 'DELETE' });
    expect(await callTool('get_quote', { symbol: 'NVDA' }, key)).toMatchObject({ last: expect.any(Number) });
    expect(await signIns(username)).toMatchObject({ attempts: 2, refused: 0, codesRefused: 0 });
  });

  it('without the app ask the owner for a code, which opens the session for all', async () => {
    const { totpSecret, ...fields } = await managedFields(freshName('asked'));
    const { id, key } = await connect(fields);
    for (let call = 0; call < 3; call += 1) {
      expect(await failTool('get_accounts', {}, key)).toMatchObject({ code: 'sign_in_code_needed' });
    }
    expect(await signIns(fields.username)).toMatchObject({ attempts: 1 });
    expect(await callTool('get_connection_status', {}, key)).toMatchObject({ state: 'needs_code' });
    const code = TOTP.generate({ secret: Secret.fromBase32(totpSecret) });
    expect(await api(user, 'POST', `/connections/${id}/sign-in`, { act: 'code', code })).toMatchObject({
      body: { ok: true },
    });
    expect(await callTool('get_accounts', {}, key)).toMatchObject({ mode: 'paper' });
    expect(await signIns(fields.username)).toMatchObject({ attempts: 2, codesRefused: 0 });
  });
});

describe('oauth credentials', () => {
  it('are never stored in the clear, nor is the session they open', async () => {
    const fields = await oauthFields('SEALTEST');
    const { id, key } = await connect(fields);
    await callTool('get_accounts', {}, key);
    for (const collection of ['connections', 'vault', 'sessions']) {
      const record = await database().collection(collection).doc(id).get();
      expect(record.exists, collection).toBe(true);
      const dump = JSON.stringify(record.data());
      for (const secret of [fields.accessToken, fields.accessTokenSecret, 'PRIVATE KEY']) {
        expect(dump, collection).not.toContain(secret);
      }
    }
  });

  it('that IBKR refuses are tried once, until they are changed', async () => {
    const good = await oauthFields('GOODTEST');
    const { id, key } = await connect({ ...good, consumerKey: 'NOSUCHKEY' });
    const attempts = async () => {
      const answer = await fetch(`http://${demo().simulator}/sim/requests`);
      const { counts } = z.object({ counts: z.record(z.string(), z.number()) }).parse(await answer.json());
      return counts['POST /oauth/live_session_token'] ?? 0;
    };
    const before = await attempts();
    for (let i = 0; i < 5; i++) {
      expect(await failTool('get_accounts', {}, key)).toMatchObject({ code: 'credentials_rejected' });
    }
    expect(await attempts()).toBe(before + 1);
    expect(await callTool('get_connection_status', {}, key)).toMatchObject({ state: 'credentials_rejected' });

    const { kind: _, ...secrets } = good;
    expect(await api(user, 'PATCH', `/connections/${id}`, { secrets })).toMatchObject({ status: 200 });
    expect(await callTool('get_accounts', {}, key)).toMatchObject({ mode: 'paper' });
  });
});
