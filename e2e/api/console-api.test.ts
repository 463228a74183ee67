/** Connections through the console's API, as two people use it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addConnection, addedConnection, api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { callTool, failTool, rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';

let alice: string;
let bob: string;

beforeAll(async () => {
  [alice, bob] = await Promise.all([signInAs('alice'), signInAs('bob')]);
});

describe('who may call', () => {
  it.each([
    ['nobody', null],
    ['a key of /mcp', () => demo().apiKey],
    ['an unsigned lookalike', () => 'eyJhbGciOiJub25lIn0.e30.'],
  ])('answers 401 to %s', async (_, token) => {
    const answer = await api(typeof token === 'function' ? token() : token, 'GET', '/me');
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'signed_out' } } });
  });

  it('answers 403 to pages of another origin', async () => {
    const answer = await api(alice, 'GET', '/me', undefined, { Origin: 'https://evil.example' });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'foreign_origin' } } });
  });

  it('knows who is signed in', async () => {
    expect(await api(alice, 'GET', '/me')).toMatchObject({
      status: 200,
      body: { email: 'alice@example.com', uid: expect.any(String) },
    });
  });

  it.each([
    ['PUT', '/me', 'GET'],
    ['DELETE', '/connections', 'GET, POST'],
    ['POST', '/connections/x', 'GET, PATCH, DELETE'],
    ['GET', '/connections/x/panic', 'POST'],
    ['GET', '/keys/x', 'PATCH, DELETE'],
    ['PUT', '/intents/x', 'GET, POST'],
  ])('answers 405 to %s %s', async (method, path, allowed) => {
    const answer = await fetch(`${demo().origin}/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${alice}` },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allowed);
    expect(await answer.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
  });

  it('knows a user who made a connection, whatever else they called', async () => {
    const erin = await signInAs('erin');
    const { connection } = await addConnection(erin, { kind: 'sandbox' });
    const uid = (await database().collection('connections').doc(connection.id).get()).get('ownerUid');
    const user = await database().collection('users').doc(uid).get();
    expect(user.data()).toMatchObject({ email: 'erin@example.com' });
  });

  it('answers 404 to addresses that do not exist', async () => {
    expect(await api(alice, 'GET', '/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
  });
});

describe('a sandbox connection', () => {
  it('is made with one word, with a key that works at once', async () => {
    const { connection, apiKey } = await addConnection(alice, { kind: 'sandbox' });
    expect(connection).toMatchObject({ kind: 'sandbox', mode: 'paper', label: 'Sandbox' });
    expect(await callTool('get_current_account', {}, apiKey)).toMatchObject({ mode: 'paper' });
    const list = await api(alice, 'GET', '/connections');
    expect(list.body).toMatchObject({ items: [{ id: connection.id }], nextCursor: null });
    expect(JSON.stringify(list.body)).not.toContain(apiKey);
  });

  it('is listed with how it stands, without its account numbers', async () => {
    const dave = await signInAs('dave');
    const { apiKey } = await addConnection(dave, { kind: 'sandbox' });
    expect(await api(dave, 'GET', '/connections')).toMatchObject({
      body: { items: [{ session: { state: 'unused', since: null }, accounts: [], lastUsedAt: null }] },
    });
    const { account_id } = await callTool('get_current_account', {}, apiKey);
    const { body } = await api(dave, 'GET', '/connections');
    expect(body).toMatchObject({
      items: [
        {
          session: { state: 'connected', since: expect.stringMatching(/^\d{4}-/) },
          accounts: [`••••${String(account_id).slice(-3)}`],
          lastUsedAt: expect.stringMatching(/^\d{4}-/),
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain(account_id);
  });

  it('has an account and a name of its own', async () => {
    const [one, other] = [
      await addConnection(bob, { kind: 'sandbox' }),
      await addConnection(bob, { kind: 'sandbox' }),
    ];
    expect([one, other].map(({ connection }) => connection.label)).toEqual(['Sandbox', 'Sandbox 2']);
    const accounts = await Promise.all(
      [one, other].map(({ apiKey }) => callTool('get_current_account', {}, apiKey)),
    );
    expect(accounts[0]?.account_id).not.toBe(accounts[1]?.account_id);
  });

  it('is tested step by step', async () => {
    const { connection } = await addConnection(alice, { kind: 'sandbox', label: 'Test me' });
    expect(await api(alice, 'POST', `/connections/${connection.id}/test`)).toMatchObject({
      status: 200,
      body: { ok: true, steps: [{ name: 'sign_in' }, { name: 'accounts' }, { name: 'mode' }] },
    });
  });

  it('is renamed and deleted, and its keys end with it', async () => {
    const { connection, apiKey } = await addConnection(alice, { kind: 'sandbox' });
    const path = `/connections/${connection.id}`;
    expect(await api(alice, 'PATCH', path, { label: 'Play' })).toMatchObject({
      status: 200,
      body: { connection: { label: 'Play' } },
    });
    expect((await rpc('tools/list', {}, { key: apiKey })).status).toBe(200);
    expect(await api(alice, 'DELETE', path)).toMatchObject({ status: 204 });
    expect((await rpc('tools/list', {}, { key: apiKey })).status).toBe(401);
    expect(await api(alice, 'GET', path)).toMatchObject({ status: 404 });
  });

  it('runs read tools for the page, and no others', async () => {
    const { connection } = await addConnection(alice, { kind: 'sandbox' });
    const path = `/connections/${connection.id}/tools`;
    expect(await api(alice, 'POST', `${path}/get_cash`, {})).toMatchObject({
      status: 200,
      body: { result: { base_currency: 'USD' } },
    });
    expect(await api(alice, 'POST', `${path}/get_quote`, { symbol: 5 })).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_arguments' } },
    });
    expect(await api(alice, 'POST', `${path}/place_order`, {})).toMatchObject({ status: 404 });
  });
});

describe('another person’s things', () => {
  it('look as though they did not exist', async () => {
    const { connection } = await addConnection(alice, { kind: 'sandbox' });
    const path = `/connections/${connection.id}`;
    const keys = z.object({ items: z.array(z.object({ id: z.string() })) });
    const [key] = keys.parse((await api(alice, 'GET', `${path}/keys`)).body).items;
    const attempts: [string, string, unknown?][] = [
      ['GET', path],
      ['PATCH', path, { label: 'mine' }],
      ['DELETE', path],
      ['POST', `${path}/test`],
      ['POST', `${path}/tools/get_cash`, {}],
      ['GET', `${path}/keys`],
      ['POST', `${path}/keys`, { label: 'mine' }],
      ['PATCH', `/keys/${key?.id}`, { label: 'mine' }],
      ['DELETE', `/keys/${key?.id}`],
    ];
    for (const [method, address, body] of attempts) {
      expect(await api(bob, method, address, body), `${method} ${address}`).toMatchObject({ status: 404 });
    }
    expect(await api(alice, 'GET', path)).toMatchObject({ status: 200 });
  });
});

describe('an id that no record can have', () => {
  it.each(['a%2Fb', '__x__', '%00', '%2E%2E%2Fx', 'x'.repeat(1600)])('is one of nothing: %s', async (id) => {
    const attempts: [string, string, unknown?][] = [
      ['GET', `/connections/${id}`],
      ['DELETE', `/connections/${id}`],
      ['GET', `/connections/${id}/keys`],
      ['PATCH', `/keys/${id}`, { label: 'x' }],
      ['DELETE', `/keys/${id}`],
      ['PATCH', `/apps/${id}`, { limits: {} }],
      ['DELETE', `/apps/${id}`],
      ['GET', `/intents/${id}`],
      ['POST', `/intents/${id}`, { decision: 'reject' }],
    ];
    for (const [method, address, body] of attempts) {
      expect(await api(alice, method, address, body), `${method} ${address}`).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found' } },
      });
    }
    expect(await api(alice, 'GET', `/audit?cursor=${id}`)).toMatchObject({ status: 400 });
  });

  it.each(['a/b', '.', '..', '__x__', 'a\u0000'])('is no order of a tool: %j', async (intent_id) => {
    const { apiKey } = await addConnection(alice, { kind: 'sandbox' });
    for (const tool of ['get_order_status', 'confirm_order']) {
      const { code } = await failTool(tool, { intent_id }, apiKey);
      expect(['not_found', 'invalid_arguments']).toContain(code);
    }
  });
});

describe('connections that need secrets', () => {
  const gateway = {
    kind: 'gateway',
    mode: 'paper',
    label: 'Home',
    url: 'https://gateway.example.com',
    headers: { 'x-secret': 'hunter2-proxy' },
  };

  it('keep them sealed and never show them', async () => {
    const answer = await api(alice, 'POST', '/connections', gateway);
    expect(answer).toMatchObject({ status: 201, body: { connection: { kind: 'gateway', label: 'Home' } } });
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    const { connection } = addedConnection.parse(answer.body);
    for (const collection of ['connections', 'vault']) {
      const record = await database().collection(collection).doc(connection.id).get();
      expect(record.exists).toBe(true);
      expect(JSON.stringify(record.data())).not.toMatch(/hunter2|gateway\.example/);
    }
  });

  it.each([
    [{ ...gateway, url: 'https://169.254.169.254/' }],
    [{ ...gateway, url: 'ftp://gateway.example.com' }],
    [{ ...gateway, url: 'https://10.0.0.1' }],
    [{ ...gateway, headers: { Host: 'x' } }],
    [{ ...gateway, ca: 'not a certificate' }],
    [{ ...gateway, mode: undefined }],
    [{ kind: 'oauth', mode: 'paper', label: 'IBKR', consumerKey: 'x' }],
    [{ kind: 'managed' }],
    [{ kind: 'sandbox', mode: 'live' }],
  ])('are refused with a reason: %j', async (fields) => {
    const answer = await api(alice, 'POST', '/connections', fields);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(/\w{3}/) } });
  });

  it('say in the test what is wrong with them', async () => {
    const fields = { ...gateway, url: 'https://localhost:1/', headers: undefined };
    const { connection, apiKey } = await addConnection(alice, fields);
    expect(await api(alice, 'POST', `/connections/${connection.id}/test`)).toMatchObject({
      status: 200,
      body: { ok: false, steps: [{ name: 'sign_in', ok: false, error: { code: 'ibkr_unavailable' } }] },
    });
    const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
    const placed = JSON.parse(
      (await rpc('tools/call', { name: 'place_order', arguments: order }, { key: apiKey })).text,
    );
    expect(placed.result.structuredContent.error.code).toBe('ibkr_unavailable');
  });
});
