/** What is left of an account that was disabled: nothing. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { changeAccount } from '../emulator-accounts.ts';
import { rpc } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';

it('revokes the keys of an account that was disabled', async () => {
  const token = await signInAs('mallory');
  const { uid } = z.object({ uid: z.string() }).parse((await api(token, 'GET', '/me')).body);
  const created = await api(token, 'POST', '/connections', { kind: 'sandbox' });
  const { apiKey } = z.object({ apiKey: z.string() }).parse(created.body);

  await changeAccount(demo().authEmulator, uid, { disableUser: true });
  expect(await rpc('tools/list', {}, { key: apiKey })).toMatchObject({ status: 401 });
  expect(await api(token, 'GET', '/connections')).toMatchObject({ status: 401 });

  const keys = await database().collection('apiKeys').where('ownerUid', '==', uid).get();
  expect(keys.docs.map((key) => key.get('revokedAt'))).toEqual([expect.anything()]);
});
