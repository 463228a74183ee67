/** What only a deployed gateway refuses to people, called in this process: the running stack is for everyone. */
import { beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { handleConsole } from '../../functions/src/console/app.ts';
import { authenticate } from '../../functions/src/mcp/principal.ts';
import { handleOauth } from '../../functions/src/oauth/app.ts';
import type { Service } from '../../functions/src/service.ts';
import { Vault } from '../../functions/src/store/vault/vault.ts';
import { newService } from '../../functions/src/testing/oauth/oauth-host.ts';
import { newOauthKeys } from '../../local/src/data/secret-keys.ts';
import { api, signIn } from '../console-client.ts';
import { database } from '../database.ts';
import { demo, vaultKeys } from '../own-stack.ts';

let invited: Service;
let others: Service;
let idToken: string;

beforeAll(async () => {
  vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', demo().authEmulator);
  const service = newService({ db: database(), oauthKeys: newOauthKeys() });
  const own = { ...service, vaultKeys: vaultKeys(), vault: new Vault(vaultKeys()) };
  invited = { ...own, allowedEmails: ['@family.example'] };
  others = { ...own, allowedEmails: ['somebody@family.example', '@example.com'] };
  idToken = await signIn({ sub: 'invited', email: 'invited@family.example' });
});

async function call(
  handle: typeof handleConsole | typeof handleOauth,
  service: Service,
  path: string,
  body?: unknown,
) {
  const request = new Request(service.publicOrigin + path, {
    headers: { Authorization: `Bearer ${idToken}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer = await handle(request, service, '127.0.0.1');
  return { status: answer.status, body: await answer.json() };
}

it('has its pages work for those it names, and says so to others', async () => {
  const refusal = {
    status: 403,
    body: {
      error: { code: 'not_invited', message: expect.stringContaining('invited@family.example may not use') },
    },
  };
  expect(await call(handleConsole, invited, '/api/me')).toMatchObject({ status: 200 });
  expect(await call(handleConsole, others, '/api/me')).toMatchObject(refusal);
  expect(await call(handleOauth, invited, '/api/consent/uid')).toMatchObject({ status: 400 });
  expect(await call(handleOauth, others, '/api/consent/uid')).toMatchObject(refusal);
});

it('has the keys of others rest until they are named again', async () => {
  const created = await api(idToken, 'POST', '/connections', { kind: 'sandbox' });
  const { apiKey } = z.object({ apiKey: z.string() }).parse(created.body);
  const use = (service: Service) => authenticate(service, `Bearer ${apiKey}`);
  await use(invited);
  await expect(use(others)).rejects.toThrow();
  await use(invited);
});

it('gives nobody more than twenty connections, also not at once', async () => {
  idToken = await signIn({ sub: 'collector', email: 'collector@family.example' });
  const service = { ...invited, simulatorUrl: 'http://127.0.0.1:1' };
  const create = () => call(handleConsole, service, '/api/connections', { kind: 'sandbox' });
  for (let i = 0; i < 18; i += 1) expect((await create()).status).toBe(201);
  const answers = await Promise.all([create(), create(), create(), create()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
  expect(await create()).toMatchObject({ body: { error: { code: 'too_many_connections' } } });
});
