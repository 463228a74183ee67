/** `npm start` where the keys of its data are not as they were. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

async function start(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-keys-'));
  try {
    return { directory, ...(await startIn(directory, files)) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A stack that does start is ended. */
const ENDS_WITHIN_MS = 60_000;

async function startIn(directory: string, files: Readonly<Record<string, string>>) {
  for (const [name, contents] of Object.entries(files)) await writeFile(join(directory, name), contents);
  const options = ['--port', '0', '--simulator-port', '0', '--data', directory];
  const program = join(import.meta.dirname, '../main.ts');
  const ended = await new Promise<{ code: number | null; out: string; errors: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...options],
      { timeout: ENDS_WITHIN_MS },
      (_, out, errors) => resolve({ code: child.exitCode, out, errors }),
    );
  });
  return { ...ended, left: await readdir(directory) };
}

it.each([
  ['vault-keys', ''],
  ['vault-keys', 'local:c2hvcnQ='],
  ['sign-in-keys', ''],
  ['oauth-keys.json', ''],
  ['oauth-keys.json', '{"keys":[{"kty":"EC"'],
  ['oauth-keys.json', '{"keys":[]}'],
])('says that %s is damaged where it holds %j, and starts nothing', async (name, contents) => {
  const { code, out, errors, directory } = await start({ [name]: contents });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(errors).toContain(`${join(directory, name)} is damaged: `);
  expect(errors).toContain('npm start -- --fresh');
});

it.each(['firestore.json', 'firestore.json.journal-3'])(
  'makes no new keys for what others sealed in %s',
  async (database) => {
    const { code, errors, left } = await start({ [database]: '' });
    expect(code).toBe(1);
    expect(errors).toMatch(/vault-keys is missing, and what is kept beside it was sealed by its keys/);
    expect(left).not.toContain('vault-keys');
  },
);
