import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Child, type ChildOptions } from './child-process.ts';
import { childEnvironment } from './config.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'child-process-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function program(name: string, source: string): Promise<string> {
  const file = join(directory, `${name}.mjs`);
  await writeFile(file, source);
  return file;
}

async function start(source: string, options: Partial<ChildOptions> = {}): Promise<Child> {
  return new Child({
    name: 'gadget',
    program: await program('gadget', source),
    args: [],
    env: childEnvironment(),
    logFile: join(directory, 'gadget.log'),
    ...options,
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const STAY = 'setInterval(() => {}, 1000);';

it('says how a child died, its last words, and where the rest is', async () => {
  const child = await start(`
    for (let n = 1; n <= 100; n++) console.log('line', n);
    console.error('\\u001b[31mno more gadgets\\u001b[0m');
    process.exitCode = 3;
  `);
  const message = await child.died.catch((error: Error) => error.message);
  expect(message).toMatch(/^The gadget ended by itself \(exit code 3\)/);
  expect(message).toContain('    no more gadgets');
  expect(message).toContain('line 100');
  expect(message).not.toContain('line 1\n');
  expect(message).toContain(join(directory, 'gadget.log'));
  expect(await readFile(join(directory, 'gadget.log'), 'utf8')).toContain('line 1\n');
});

it('says which signal killed a child, and no longer waits for what it would have printed', async () => {
  const child = await start(`process.kill(process.pid, 'SIGKILL'); ${STAY}`);
  await expect(child.prints(/never/)).rejects.toThrow('The gadget ended by itself (signal SIGKILL)');
});

it('raises an alarm for the lines that matter', async () => {
  const raise = vi.fn();
  const child = await start(
    `console.log('fine'); console.log('alas: broken'); console.log('done'); ${STAY}`,
    {
      alarm: { pattern: /^alas/, raise },
    },
  );
  await child.prints(/done/);
  expect(raise.mock.calls).toEqual([['alas: broken']]);
  await child.stop(1000);
});

it('lets a child save before it ends, and is not alarmed by an end it asked for', async () => {
  const saved = join(directory, 'saved');
  const child = await start(`
    import { writeFileSync } from 'node:fs';
    process.on('SIGTERM', () => { writeFileSync(${JSON.stringify(saved)}, 'data'); process.exit(1); });
    console.log('up');
    ${STAY}
  `);
  const died = vi.fn();
  child.died.catch(died);
  await child.prints(/up/);
  await child.stop(5000);
  expect(await readFile(saved, 'utf8')).toBe('data');
  expect(died).not.toHaveBeenCalled();
});

/** Starts a grandchild, which ignores polite requests, prints its process id, and ignores them as well. */
const STUBBORN_FAMILY = `
  import { spawn } from 'node:child_process';
  process.on('SIGTERM', () => {});
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('pid', process.pid);";
  spawn(process.execPath, ['-e', stubborn], { stdio: 'inherit', env: {} });
  ${STAY}
`;

it('ends by force, with its own children, a child that does not end', async () => {
  const child = await start(STUBBORN_FAMILY);
  const pid = Number((await child.prints(/pid (\d+)/))[1]);
  expect(isRunning(pid)).toBe(true);
  await child.stop(100);
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 60_000 });
});

it('does not outlive a supervisor that was killed, nor do the functions it runs', async () => {
  const functions = await program('functions', `console.log('pid', process.pid); ${STAY}`);
  const emulators = await program(
    'emulators',
    `import { fork } from 'node:child_process';
     fork(${JSON.stringify(functions)});
     console.log('pid', process.pid);
     ${STAY}`,
  );
  const supervisor = await program(
    'supervisor',
    `import { Child } from ${JSON.stringify(join(import.meta.dirname, 'child-process.ts'))};
     import { childEnvironment } from ${JSON.stringify(join(import.meta.dirname, 'config.ts'))};
     const child = new Child({
       name: 'emulators',
       program: ${JSON.stringify(emulators)},
       args: [],
       env: childEnvironment(),
       logFile: ${JSON.stringify(join(directory, 'emulators.log'))},
       alarm: { pattern: /pid/, raise: (line) => process.send(Number(line.slice(4))) },
     });`,
  );
  const running = fork(supervisor, { execArgv: [] });
  const [first] = await once(running, 'message');
  const [second] = await once(running, 'message');
  expect([first, second].every(isRunning)).toBe(true);
  running.kill('SIGKILL');
  await vi.waitFor(() => expect([first, second].some(isRunning)).toBe(false), { timeout: 60_000 });
});
