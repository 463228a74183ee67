/** A function in the runtime that it has when deployed, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';

/** Short beside what a start takes, which benchmarks measure. */
const POLL_MS = 20;

const functionsDirectory = join(import.meta.dirname, '..', '..', '..');
/** What every deployment has in the environment of its functions. */
const DEPLOYED_ENV = parseEnv(readFileSync(join(functionsDirectory, '.env'), 'utf8'));
/** Told on request: what the process has used until then, and what it holds after a garbage collection. */
const TELLS_USAGE = `data:text/javascript,${encodeURIComponent(`
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  process.on('message', (asked) => {
    if (asked === 'usage') process.send({ ...process.resourceUsage(), rss: process.memoryUsage.rss() });
    else {
      setFlagsFromString('--expose-gc');
      runInNewContext('gc')();
      const { heapUsed, external } = process.memoryUsage();
      process.send({ held: heapUsed + external });
    }
  });
`)}`;

/** What a process has used. */
export interface Usage {
  cpuMs: number;
  memoryMiB: number;
  peakMemoryMiB: number;
}

export interface RunningFunction {
  /** As `http://host:port`. */
  url: string;
  port: number;
  /** Until now. */
  usage(): Promise<Usage>;
  /** What it holds after a garbage collection, in MiB. */
  heldMiB(): Promise<number>;
  /** @param signal As the platform ends an instance, or at once where it is left out. */
  stop(signal?: 'SIGTERM'): Promise<void>;
}

/**
 * Starts one.
 * @param target Its name in `index.ts`.
 * @param env All that it finds in its environment, besides what every deployment has there.
 * @param source The folder that it is loaded from, instead of the sources'.
 */
export async function startFunction(
  target: string,
  env: Record<string, string>,
  source: string = functionsDirectory,
): Promise<RunningFunction> {
  const port = await freePort();
  const child = spawnRuntime(target, source, { ...DEPLOYED_ENV, PORT: String(port), ...env });
  const output = text(child.stderr ?? Readable.from([]));
  const exited = once(child, 'exit');
  const stop = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${target} did not start.\n${await output}`);
    const answer = await fetch(`${url}/robots.txt`).catch(() => null);
    if (answer !== null) return { url, port, usage: () => usage(child), heldMiB: () => heldMiB(child), stop };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function spawnRuntime(target: string, source: string, env: NodeJS.ProcessEnv): ChildProcess {
  // The program stands beside what others import.
  const library = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const program = join(dirname(library), 'main.js');
  const args = ['--import', TELLS_USAGE, program, '--source', source, '--target', target];
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

async function usage(child: ChildProcess): Promise<Usage> {
  const { userCPUTime, systemCPUTime, maxRSS, rss } = await ask(child, 'usage');
  return {
    cpuMs: (userCPUTime + systemCPUTime) / 1_000,
    memoryMiB: rss / 1_048_576,
    peakMemoryMiB: maxRSS / 1_024,
  };
}

async function heldMiB(child: ChildProcess): Promise<number> {
  return (await ask(child, 'held')).held / 1_048_576;
}

async function ask(child: ChildProcess, what: string) {
  const told = once(child, 'message');
  child.send(what);
  const [answer] = await told;
  return answer;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
