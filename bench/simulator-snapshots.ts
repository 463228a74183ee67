/** How fast the simulator starts, and how many snapshot calls a second it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

const SECONDS = 5;
const CALLERS = 8;
const PROGRAM = join(import.meta.dirname, '../simulator/src/main.ts');
const SESSION = '/sandbox/bench/v1/api';
const SNAPSHOT = `${SESSION}/iserver/marketdata/snapshot?conids=265598&fields=31,84,85,86,87,88,70,71,82,83,6509`;

const startedAt = performance.now();
const simulator = spawn(process.execPath, [PROGRAM, '--port', '0', '--pacing', 'off'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(createInterface(simulator.stdout), 'line');
const startMs = performance.now() - startedAt;

const url = String(line).replace('simulator ready: ', '');
async function call(method: 'GET' | 'POST', path: string): Promise<void> {
  const answer = await fetch(url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status} ${text}`);
}

await call('POST', `${SESSION}/iserver/auth/ssodh/init`);
await call('GET', `${SESSION}/iserver/accounts`);
await call('GET', SNAPSHOT);

let calls = 0;
const until = performance.now() + SECONDS * 1000;
await Promise.all(
  Array.from({ length: CALLERS }, async () => {
    while (performance.now() < until) {
      await call('GET', SNAPSHOT);
      calls += 1;
    }
  }),
);

console.log(`start to ready: ${Math.round(startMs)} ms`);
console.log(`snapshot calls: ${Math.round(calls / SECONDS)}/s for ${CALLERS} callers at a time`);
simulator.kill();
