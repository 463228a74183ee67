/** The function that signs in to IBKR, called by others in Firebase's own emulators. */
import { expect, it } from 'vitest';
import { addConnection, api, signInAs } from '../console-client.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';

it('seals a password for the console, and signs in for a tool', async () => {
  const owner = await signInAs('managed-owner');
  const { username, password, totpSecret, signInUrl } = demo().managed;
  const entered = {
    kind: 'managed',
    mode: 'paper',
    label: 'IBKR',
    username,
    password,
    totpSecret,
    signInUrl,
  };
  const { connection, apiKey } = await addConnection(owner, entered);
  expect(await api(owner, 'POST', `/connections/${connection.id}/test`)).toMatchObject({
    body: { ok: true },
  });
  expect(await callTool('get_accounts', {}, apiKey)).toMatchObject({ mode: 'paper' });
  const seen = await fetch(`http://${demo().simulator}/sim/sign-ins?user=${username}`);
  expect(await seen.json()).toMatchObject({ refused: 0, codesRefused: 0, lockedOut: [] });
});
