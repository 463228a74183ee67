import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closeAfterFile } from '../testing/after-file.ts';
import { runFunction } from '../testing/runtime/functions-runtime.ts';

/** Answers what waits, unless what is asked to throw ends the instance. */
const PROGRAM = `
  import { runWithoutDomains } from ${JSON.stringify(join(import.meta.dirname, 'runtime-domain.ts'))};
  runWithoutDomains();
  let answer;
  export function odd({ path }, response) {
    if (path === '/waits') answer = () => response.end(process.domain ? 'in a domain' : 'in none');
    else if (path === '/waiting') response.end(String(answer !== undefined));
    else {
      setTimeout(answer, 200);
      setImmediate(() => { throw new Error('Outside of promises.'); });
    }
  }
`;

it('what is thrown outside of promises ends no other call of the instance', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ibkr-gateway-odd-'));
  closeAfterFile(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
  await writeFile(join(folder, 'index.js'), PROGRAM);
  const { url } = await runFunction('odd', {}, folder);
  const ask = async (path: string) => (await fetch(url + path)).text();

  const waits = ask('/waits');
  await expect.poll(() => ask('/waiting')).toBe('true');
  const gone = new AbortController();
  const thrown = fetch(`${url}/throws`, { signal: gone.signal }).catch(() => null);
  expect(await waits).toBe('in none');
  gone.abort();
  await thrown;
});
