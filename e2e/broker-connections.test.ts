/** The connection kinds for a real IBKR login, against the simulator in IBKR's place. */
import { generateKeyPairSync, getDiffieHellman } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { api, signIn } from './console-client.ts';
import { database } from './database.ts';
import { callTool, failTool } from './mcp-endpoint.ts';

/** Every tool that only reads, with arguments it answers. */
const READS: [name: string, args: Record<string, unknown>][] = [
  ['get_accounts', {}],
  ['get_current_account', {}],
  ['get_account_summary', {}],
  ['get_connection_status', {}],
  ['get_portfolio', {}],
  ['get_cash', {}],
  ['get_pnl', {}],
  ['get_performance', {}],
  ['get_transactions', { symbol: 'SPY' }],
  ['search_security', { query: 'AAPL' }],
  ['get_contract', { symbol: 'AAPL' }],
  ['get_option_chain', { symbol: 'AAPL', strikes: 1 }],
  ['get_market_hours', { symbol: 'AAPL' }],
  ['get_exchange_rate', { from: 'USD', to: 'EUR' }],
  ['get_quote', { symbol: 'NVDA' }],
  ['get_history', { symbol: 'NVDA', period: '1d', bar: '1h' }],
  ['get_change', { symbol: 'NVDA', period: '1w' }],
  ['run_scanner', { type: 'MOST_ACTIVE' }],
  ['get_orders', {}],
  ['get_trades', {}],
];

let user: string;

beforeAll(async () => {
  user = await signIn({ sub: 'owner', email: 'owner@example.com' });
});

async function connect(fields: object): Promise<{ id: string; key: string }> {
  const answer = await api(user, 'POST', '/connections', { mode: 'paper', label: 'Test', ...fields });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 });
  const { connection, apiKey } = z
    .object({ connection: z.object({ id: z.string() }), apiKey: z.string() })
    .parse(answer.body);
  return { id: connection.id, key: apiKey };
}

async function simulator(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`http://${inject('demo').simulator}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** What a person enters for IBKR's OAuth, the simulator having been told the public halves. */
async function oauthFields(consumerKey: string) {
  const keyPair = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
  const [signature, encryption] = [keyPair(), keyPair()];
  const dhPrime = getDiffieHellman('modp14').getPrime('hex');
  const tokens = z.object({ accessToken: z.string(), accessTokenSecret: z.string() }).parse(
    await simulator('/sim/oauth/consumers', {
      consumerKey,
      signaturePublicKey: signature.publicKey,
      encryptionPublicKey: encryption.publicKey,
      dhPrime,
    }),
  );
  return {
    kind: 'oauth',
    consumerKey,
    ...tokens,
    signatureKey: signature.privateKey,
    encryptionKey: encryption.privateKey,
    dhPrime,
    baseUrl: `http://${inject('demo').simulator}/v1/api`,
  };
}

describe.each([
  ['gateway', () => ({ kind: 'gateway', url: `http://${inject('demo').simulator}` })],
  ['oauth', () => oauthFields('READSTEST')],
] as const)('%s', (kind, fields) => {
  let key: string;

  beforeAll(async () => {
    const connection = await connect(await fields());
    expect(await api(user, 'POST', `/connections/${connection.id}/test`)).toMatchObject({
      body: { ok: true },
    });
    key = connection.key;
  });

  it.each(READS)('reads with %s', async (tool, args) => {
    expect(await callTool(tool, args, key)).toBeTypeOf('object');
  });

  it('takes no orders yet', async () => {
    const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
    expect(await failTool('place_order', order, key)).toMatchObject({ code: 'trading_unavailable' });
  });

  it('refuses to pass a paper login off as live', async () => {
    const { id } = await connect({
      ...(await fields()),
      mode: 'live',
      ...(kind === 'oauth' && (await oauthFields('LIVETEST'))),
    });
    expect(await api(user, 'POST', `/connections/${id}/test`)).toMatchObject({
      body: {
        ok: false,
        steps: [
          { name: 'sign_in', ok: true },
          { name: 'accounts', ok: true },
          { name: 'mode', ok: false },
        ],
      },
    });
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
      const answer = await fetch(`http://${inject('demo').simulator}/sim/requests`);
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
