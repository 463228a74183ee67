import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeTemporaryDirectory } from './temporary-directory.ts';

it('takes the place of those that killed processes left, and of no others', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'temporary-directory-'));
  vi.stubEnv('TMPDIR', parent);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(parent, { recursive: true });
  });
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const others = [`ibkr-gateway-${process.ppid}-abcdef`, `another-${gone}-abcdef`, `ibkr-gateway-${gone}`];
  for (const name of [`ibkr-gateway-${gone}-abcdef`, ...others]) {
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, 'hub.json'), '{}');
  }
  const made = [await makeTemporaryDirectory(), await makeTemporaryDirectory()];
  expect((await readdir(parent)).sort()).toEqual([...others, ...made.map((path) => basename(path))].sort());
});
