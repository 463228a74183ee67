/** Firebase's emulators, which answer whatever page is open on the machine if nobody keeps it from them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { demo } from '../own-stack.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

it('answer no page of others, and stay', async () => {
  const { origin, authEmulator, apiKey } = demo();
  const file = (await readdir(REPOSITORY)).find((name) =>
    name.includes(`emulators-${new URL(origin).port}.`),
  );
  const { emulators } = JSON.parse(await readFile(join(REPOSITORY, file ?? ''), 'utf8'));
  const foreign = {
    Origin: 'https://evil.example',
    'Content-Type': 'application/json',
    Authorization: 'Bearer owner',
  };
  const asked = [
    ['POST', `http://127.0.0.1:${emulators.hub.port}/_admin/export`],
    ['PUT', `http://127.0.0.1:${emulators.hub.port}/functions/disableBackgroundTriggers`],
    ['OPTIONS', `http://${authEmulator}/identitytoolkit.googleapis.com/v1/accounts:signInWithIdp`],
    ['DELETE', `http://${authEmulator}/emulator/v1/projects/demo-ibkr-gateway/accounts`],
    ['GET', `http://127.0.0.1:${emulators.tasks.port}/`],
  ] as const;
  for (const [method, url] of asked) {
    const { status, headers } = await fetch(url, { method, headers: foreign });
    expect([status, headers.get('access-control-allow-origin')], url).toEqual([403, null]);
  }
  const answer = await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  expect(answer.status).toBe(200);
});
