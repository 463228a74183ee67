import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Child } from '../child-process.ts';
import { cutLogs } from './bounded-logs.ts';

const MOST = 1_000;

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bounded-logs-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

it('puts aside what is too long, while somebody goes on writing', async () => {
  const directory = await newDirectory();
  const file = join(directory, 'firebase-debug.log');
  const log = createWriteStream(file, { flags: 'a' });
  const write = (text: string) => new Promise((written) => log.write(text, written));
  await write('a'.repeat(MOST));
  await cutLogs(directory, MOST);
  expect((await stat(file)).size).toBe(MOST);
  await write('b');
  await cutLogs(directory, MOST);
  await write('c');
  expect(await readFile(file, 'utf8')).toBe('c');
  expect(await readFile(`${file}.before`, 'utf8')).toBe(`${'a'.repeat(MOST)}b`);
  log.end();
  await once(log, 'close');
});

it('cuts what a program of the stack prints, which goes on behind it', async () => {
  const directory = await newDirectory();
  const logFile = join(directory, 'program.log');
  const program = join(directory, 'program.mjs');
  await writeFile(program, "let line = 0; setInterval(() => console.log('line', (line += 1)), 20);");
  const child = new Child({ name: 'program', program, args: [], env: {}, logFile });
  onTestFinished(() => child.stop(1_000));
  await child.prints(/line 3$/);
  await expect.poll(() => readFile(logFile, 'utf8')).toContain('line 1\n');
  await cutLogs(directory, 1);
  await expect.poll(() => readFile(logFile, 'utf8')).toMatch(/^line \d+\n/);
  expect(await readFile(logFile, 'utf8')).not.toContain('line 1\n');
});
