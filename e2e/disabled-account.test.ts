/** What is left of an account that was disabled: nothing. */
import { expect, inject, it } from 'vitest';
import { z } from 'zod';
import { api, signIn } from './console-client.ts';
import { database } from './database.ts';
import { rpc } from './mcp-endpoint.ts';

/** Changes an account as an operator does, in the Auth emulator's own API. */
async function changeAccount(localId: string, fields: object): Promise<void> {
  const { projectId } = z.object({ projectId: z.string() }).parse((await api(null, 'GET', '/config')).body);
  const answer = await fetch(
    `http://${inject('demo').authEmulator}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts:update`,
    {
      method: 'POST',
      headers: { Authorization: 'Bearer owner', 'Content-Type': 'application/json' },
      body: JSON.stringify({ localId, ...fields }),
    },
  );
  expect(answer.status).toBe(200);
}

it('revokes the keys of an account that was disabled', async () => {
  const token = await signIn({ sub: 'mallory', email: 'mallory@example.com' });
  const { uid } = z.object({ uid: z.string() }).parse((await api(token, 'GET', '/me')).body);
  const created = await api(token, 'POST', '/connections', { kind: 'sandbox' });
  const { apiKey } = z.object({ apiKey: z.string() }).parse(created.body);

  await changeAccount(uid, { disableUser: true });
  expect(await rpc('tools/list', {}, { key: apiKey })).toMatchObject({ status: 401 });
  expect(await api(token, 'GET', '/connections')).toMatchObject({ status: 401 });

  const keys = await database().collection('apiKeys').where('ownerUid', '==', uid).get();
  expect(keys.docs.map((key) => key.get('revokedAt'))).toEqual([expect.anything()]);
});
