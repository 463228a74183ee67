/** How long a revoked key still works: from asking for its end to the first refused call, over a stack of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorSignIn } from '../e2e/emulator-accounts.ts';
import { type Stack, startStack } from '../local/src/stack.ts';

const ROUNDS = 30;

const directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-bench-'));
const stack = await startStack({ port: 0, simulatorPort: 0, dataDir: directory });
try {
  const { authEmulator, email } = stack.demo;
  const owner = await emulatorSignIn(authEmulator, { sub: 'demo-google-id', email });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await revokeOne(stack, owner));
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  console.log(`${ROUNDS} keys revoked: median ${at(0.5)} ms, slowest ${at(1)} ms until refused`);
} finally {
  await stack.stop();
  await rm(directory, { recursive: true });
}

/** Of one key, in ms. @throws {Error} when the call after the revocation is not refused. */
async function revokeOne({ origin, demo }: Stack, owner: string): Promise<number> {
  const path = `${origin}/api/connections/${demo.connectionId}/keys`;
  const minted = (await (await send('POST', path, owner, { label: 'bench' })).json()) as {
    key: { id: string };
    apiKey: string;
  };
  await list(origin, minted.apiKey, 200);
  const start = performance.now();
  await send('DELETE', `${origin}/api/keys/${minted.key.id}`, owner);
  await list(origin, minted.apiKey, 401);
  return performance.now() - start;
}

async function list(origin: string, key: string, status: number): Promise<void> {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const answer = await send('POST', `${origin}/mcp`, key, message);
  if (answer.status !== status) throw new Error(`Answered ${answer.status} instead of ${status}.`);
}

function send(method: string, url: string, token: string, body?: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  return fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}
