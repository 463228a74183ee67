/** What hosts meet while a vault key is taken into use, and when one was removed too early. */
import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { createConnection, updateConnection } from '../store/connections.ts';
import { Vault } from '../store/vault/vault.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { useConsoleOwner } from '../testing/console/console-owner.ts';
import { hostHeaders, hostMeta } from '../testing/hosts/mcp-host.ts';
import { logged } from '../testing/logged.ts';
import { isCountedBy } from '../testing/monitoring.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { ORIGIN, testService } from '../testing/service.ts';
import { handleMcp } from './handler.ts';

const BUY = { symbol: 'MSFT', side: 'BUY', quantity: 3, order_type: 'MKT' };
const [oldKey, newKey] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);

let db: Firestore;
useServers((opened) => {
  db = opened;
});
useConsoleOwner();

/** An instance whose ring is this one. */
function instance(ring: string) {
  const service = testService(db, { vault: new Vault(ring), simulatorUrl: simulatorUrl() });
  return async (key: string, name: string, args: object, answer: object = {}) => {
    const request = new Request(`${ORIGIN}/mcp`, {
      method: 'POST',
      headers: {
        Host: 'gateway.example',
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        ...hostHeaders(name),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args, _meta: hostMeta, ...answer },
      }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: what is in it, tests say.
    return (await (await handleMcp(request, service, '203.0.113.7')).json()) as any;
  };
}

it('takes the answer to a question that an instance with the other key in front asked', async () => {
  const { connection, apiKey } = await newSandboxConnection(db);
  await updateConnection(db, connection.id, { approval: 'model' });
  const [accepting, using] = [instance(`${oldKey},${newKey}`), instance(`${newKey},${oldKey}`)];
  for (const [one, other] of [
    [accepting, using],
    [using, accepting],
  ] as const) {
    const { result: asked } = await one(apiKey, 'place_order', { ...BUY, duplicate_ok: true });
    expect(asked).toMatchObject({ resultType: 'input_required' });
    const yes = { order: { action: 'accept', content: { send: true } } };
    const answer = { inputResponses: yes, requestState: asked.requestState };
    const { result } = await other(apiKey, 'place_order', { ...BUY, duplicate_ok: true }, answer);
    expect(result.structuredContent).toMatchObject({ state: 'filled' });
  }
});

it('refuses a question whose key is in no ring', async () => {
  const { connection, apiKey } = await newSandboxConnection(db);
  await updateConnection(db, connection.id, { approval: 'model' });
  const { result: asked } = await instance(`${oldKey}`)(apiKey, 'place_order', BUY);
  const yes = { order: { action: 'accept', content: { send: true } } };
  const answer = { inputResponses: yes, requestState: asked.requestState };
  expect(await instance(`${newKey}`)(apiKey, 'place_order', BUY, answer)).toMatchObject({
    error: { code: -32602 },
  });
});

it('names the key that was removed too early, to the caller and in the log, and works when it is back', async () => {
  const secrets = { vault: new Vault(`${oldKey}`), value: { url: 'http://127.0.0.1:9' } };
  const fields = { ownerUid: 'owner', kind: 'gateway', mode: 'paper', label: 'Mine' } as const;
  const { key } = await createConnection(db, fields, secrets);
  const { result } = await instance(`${newKey}`)(key.apiKey, 'get_accounts', {});
  expect(result.structuredContent.error).toMatchObject({
    code: 'internal_error',
    message: expect.stringContaining('"old"'),
    hint: expect.stringContaining('VAULT_KEYS'),
  });
  expect(JSON.stringify(logged('ERROR'))).toContain('no key old');
  expect(logged('ERROR').some((line) => isCountedBy('vault_failures', line))).toBe(true);
  const again = await instance(`${newKey},${oldKey}`)(key.apiKey, 'get_accounts', {});
  // Its gateway does not run: it was asked.
  expect(again.result.structuredContent.error).toMatchObject({ code: 'ibkr_unavailable' });
});
