/** What operators are told where a program cannot begin: in a line or two, and nothing that they gave in secret. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePorts } from '../ports.ts';

function run(program: string, options: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number | null; out: string; errors: string }>((resolve) => {
    const args = [join(import.meta.dirname, `${program}.ts`), ...options];
    const child = execFile(process.execPath, args, { env }, (_, out, errors) =>
      resolve({ code: child.exitCode, out, errors }),
    );
  });
}

it.concurrent.each([
  'audit-verify',
  'deploy',
  'deploy-setup',
  'doctor',
  'migrate',
  'rehearse',
  'vault-rotate',
  'verify-ibkr',
])('%s names an option that there is not', async (program) => {
  const { code, out, errors } = await run(program, ['--nope']);
  expect(code).toBeGreaterThan(0);
  expect(out).toBe('');
  expect(errors).toMatch(/^Unknown option '--nope'/);
  expect(errors.trim().split('\n').length).toBeLessThan(4);
});

it.concurrent.each(['localhost:4280', 'ftp://gateway.example', 'gateway.example', ''])(
  'doctor takes "%s" for no address',
  async (url) => {
    const { code, out, errors } = await run('doctor', ['--url', url]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(errors).toContain(`such as https://gateway.example.com, not "${url}"`);
  },
);

it.concurrent.each(['ibkr_secret\nsecond', '“ibkr_secret”', 'ibkr_sec ret'])(
  'doctor repeats nothing of a key that is none: %j',
  async (key) => {
    const [port = 0] = await freePorts(1);
    const asked = await run('doctor', ['--url', `http://127.0.0.1:${port}`], { GATEWAY_API_KEY: key });
    expect(asked).toMatchObject({ code: 1, out: '' });
    expect(asked.errors).toMatch(/^GATEWAY_API_KEY is no API key/);
    expect(asked.errors).not.toContain('ibkr_sec');
  },
);

it.concurrent.each(['audit-verify', 'migrate', 'vault-rotate'])(
  '%s says that the stack of this machine does not run, or is none',
  async (program) => {
    const directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-operator-'));
    const [port = 0] = await freePorts(1);
    for (const [demo, word] of [
      [JSON.stringify({ firestoreEmulator: `127.0.0.1:${port}` }), 'does not run: npm start starts it'],
      ['{"firestoreEmul', 'No stack keeps its data'],
      ['[]', 'No stack keeps its data'],
      ['{"firestoreEmulator": 5}', 'No stack keeps its data'],
    ] as const) {
      await writeFile(join(directory, 'demo.json'), demo);
      const { code, errors } = await run(program, ['--data', directory]);
      expect([demo, code]).toEqual([demo, 2]);
      expect(errors).toContain(word);
    }
    await rm(directory, { recursive: true });
  },
);
