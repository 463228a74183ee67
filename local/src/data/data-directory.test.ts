import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDataDirectory } from './data-directory.ts';

let parent: string;
let root: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'data-directory-'));
  root = join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true }));

it('is closed to everyone else', async () => {
  await openDataDirectory(root, { fresh: false });
  expect((await stat(root)).mode & 0o777).toBe(0o700);
});

it('keeps what is there, or throws it away when asked to', async () => {
  const data = await openDataDirectory(root, { fresh: false });
  await writeFile(data.demoFile, '{}');
  await data.release();
  await (await openDataDirectory(root, { fresh: false })).release();
  expect(await readdir(root)).toContain('demo.json');
  await openDataDirectory(root, { fresh: true });
  expect(await readdir(root)).not.toContain('demo.json');
});

it('throws away nothing that no stack has left', async () => {
  await mkdir(join(root, 'logs'), { recursive: true });
  await writeFile(join(root, 'logs/diary.txt'), 'years of work');
  await writeFile(join(root, 'thesis.txt'), 'years of work');
  const data = await openDataDirectory(root, { fresh: true });
  expect(await readdir(data.logsDirectory)).toEqual(['diary.txt']);
  for (const file of [data.demoFile, data.firestoreFile, `${data.firestoreFile}.journal-3`, data.vaultFile])
    await writeFile(file, '{}');
  await data.release();
  await openDataDirectory(root, { fresh: true });
  expect(await readdir(root)).toEqual(['logs', 'stack.pid', 'thesis.txt']);
});

it('belongs to one stack at a time, even when the other asks for a fresh one', async () => {
  const first = await openDataDirectory(root, { fresh: false });
  await expect(openDataDirectory(root, { fresh: true })).rejects.toThrow(
    `Another stack (process ${process.pid}) keeps its data in ${root}.`,
  );
  await first.release();
  await expect(openDataDirectory(root, { fresh: false })).resolves.toBeDefined();
});

it('is free again when the stack that had it was killed', async () => {
  await openDataDirectory(root, { fresh: false });
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(join(root, 'stack.pid'), String(pid));
  await expect(openDataDirectory(root, { fresh: false })).resolves.toBeDefined();
});

it('says where nothing can be written, and what to do', async () => {
  await writeFile(root, 'a file');
  for (const fresh of [false, true]) {
    await expect(openDataDirectory(join(root, 'below'), { fresh })).rejects.toThrow(
      `Nothing can be written in ${join(root, 'below')} (ENOTDIR). Choose another place with --data.`,
    );
  }
});
