/** `npm run doctor`, as an operator runs it. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listen } from '../../functions/src/testing/listening.ts';
import { freePorts } from '../../local/src/ports.ts';
import { demo } from '../own-stack.ts';

const PROGRAM = join(import.meta.dirname, '../../local/src/operators/doctor.ts');

function run(url: string, key?: string): Promise<{ code: number | null; out: string }> {
  const env = key === undefined ? {} : { GATEWAY_API_KEY: key };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, '--url', url], { env }, (_, out) =>
      resolve({ code: child.exitCode, out }),
    );
  });
}

it('finds all well at a gateway that is', async () => {
  const { code, out } = await run(demo().origin, demo().apiKey);
  expect(out).toContain(`All is well at ${demo().origin}.`);
  expect(out.match(/^well /gm)).toHaveLength(10);
  expect(code).toBe(0);
});

it('says of a key that does not work what to do, and not the key', async () => {
  const key = `${demo().apiKey.slice(0, -1)}!`;
  const { code, out } = await run(demo().origin, key);
  expect(out).toMatch(/^WRONG {2}A call with an API key is answered: .*401[\s\S]*made anew on the page/m);
  expect(out).not.toContain(key);
  expect(code).toBe(1);
});

it('says where something else answers in its place', async () => {
  const server = createServer((_, response) => response.end('<p>Welcome</p>'));
  const { code, out } = await run(`http://127.0.0.1:${await listen(server)}`);
  expect(out.match(/^well .*$/gm)).toEqual([
    'well   It can be reached',
    'well   Its clock and the one here agree',
  ]);
  expect(out.match(/^WRONG /gm)).toHaveLength(7);
  expect(out).toContain('npx firebase deploy --only hosting');
  expect(code).toBe(1);
});

it('looks at nothing more where nothing answers', async () => {
  const [port = 0] = await freePorts(1);
  const { code, out } = await run(`http://127.0.0.1:${port}`);
  expect(out).toMatch(/^WRONG {2}It can be reached: .*ECONNREFUSED/);
  expect(out.match(/^(well|WRONG) /gm)).toHaveLength(1);
  expect(code).toBe(1);
});
