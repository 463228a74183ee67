/** A function in the runtime that it has when deployed, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const functionsDirectory = join(import.meta.dirname, '..', '..', '..');
/** Told on request: how much memory the process ever had, in KiB. */
const TELLS_MEMORY =
  'data:text/javascript,process.on("message",()=>process.send(process.resourceUsage().maxRSS))';

export interface RunningFunction {
  /** As `http://host:port`. */
  url: string;
  port: number;
  /** What the process had at most until now, in MiB. */
  peakMemory(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts one.
 * @param target Its name in `index.ts`.
 * @param env All that it finds in its environment.
 */
export async function startFunction(target: string, env: Record<string, string>): Promise<RunningFunction> {
  const port = await freePort();
  const child = spawnRuntime(target, { PORT: String(port), ...env });
  const output = text(child.stderr ?? Readable.from([]));
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${target} did not start.\n${await output}`);
    const answer = await fetch(`${url}/robots.txt`).catch(() => null);
    if (answer !== null) return { url, port, peakMemory: () => peakMemory(child), stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function spawnRuntime(target: string, env: Record<string, string>): ChildProcess {
  // The program stands beside what others import.
  const library = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const program = join(dirname(library), 'main.js');
  const args = ['--import', TELLS_MEMORY, program, '--source', functionsDirectory, '--target', target];
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

async function peakMemory(child: ChildProcess): Promise<number> {
  const told = once(child, 'message');
  child.send('memory');
  return Number((await told)[0]) / 1024;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
