/** Several processes that serve the same endpoint, any of which may be killed at any instant. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { unpacked } from '../../../functions/src/testing/unpacked.ts';
import { Child } from '../../../local/src/child-process.ts';
import { childEnvironment } from '../../../local/src/config.ts';
import type { OwnerAct } from './owner.ts';

/** The service as it is here. */
export const PROGRAM = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));
/** When a function is cut off. */
const FUNCTION_TIMEOUT_MS = 60_000;

export interface InstanceOptions {
  /** What each of them runs, in place of the sources. */
  program?: string;
  /** Where what Node.js compiled of it is kept, in place of where children of the repository have it. */
  compileCache?: string;
}

interface Instance {
  child: Child;
  url: string;
}

const toolAnswer = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.record(z.string(), z.unknown()),
  }),
});

const toolError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** What a tool call came to. */
export type Answer =
  | { kind: 'ok'; value: Record<string, unknown> }
  | { kind: 'error'; code: string; message: string; details: Record<string, unknown> }
  /** The instance ended before it answered, the call was cut off, or storage was too slow to say whose key it is. */
  | { kind: 'lost' };

export class Instances {
  readonly #program: string;
  readonly #environment: Record<string, string>;
  readonly #logDir: string;
  #running: Instance[] = [];
  #started = 0;
  #calls = 0;

  private constructor(program: string, environment: Record<string, string>, logDir: string) {
    this.#program = program;
    this.#environment = environment;
    this.#logDir = logDir;
  }

  /** @param environment What the service reads of its environment. */
  static async start(
    count: number,
    environment: Record<string, string>,
    { program = PROGRAM, compileCache }: InstanceOptions = {},
  ): Promise<Instances> {
    const logDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-orders-'));
    const cache = compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache };
    const instances = new Instances(program, { ...environment, ...cache }, logDir);
    await Promise.all(Array.from({ length: count }, () => instances.#startOne()));
    return instances;
  }

  /** How many tools were called so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Calls a tool at one of the instances. */
  async call(choice: number, key: string, name: string, args: Record<string, unknown>): Promise<Answer> {
    const instance = this.#running[choice % this.#running.length];
    if (instance === undefined) throw new Error('No instance is running.');
    this.#calls += 1;
    let text: string;
    let status: number;
    try {
      const response = await fetch(`${instance.url}/mcp`, {
        method: 'POST',
        signal: AbortSignal.timeout(FUNCTION_TIMEOUT_MS),
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name, arguments: args },
        }),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      const isCutOff = error instanceof DOMException && error.name === 'TimeoutError';
      if (this.#running.includes(instance) && !isCutOff)
        throw new Error(`${name} got no answer`, { cause: error });
      return { kind: 'lost' };
    }
    if (status === 403) return { kind: 'error', code: 'insufficient_scope', message: text, details: {} };
    if (status === 401) return { kind: 'error', code: 'unauthorized', message: text, details: {} };
    if (status === 503) return { kind: 'lost' };
    const { isError, structuredContent } = toolAnswer.parse(JSON.parse(text)).result;
    if (isError !== true) return { kind: 'ok', value: unpacked(structuredContent) };
    const { code, message, details = {} } = toolError.parse(structuredContent).error;
    return { kind: 'error', code, message, details };
  }

  /** What the owner or the schedule does at one of the instances; undefined if it ended before it said what came of it. */
  async owner(choice: number, act: OwnerAct): Promise<string | undefined> {
    const instance = this.#running[choice % this.#running.length];
    if (instance === undefined) throw new Error('No instance is running.');
    try {
      const body = JSON.stringify(act);
      const response = await fetch(`${instance.url}/owner`, { method: 'POST', body });
      return ((await response.json()) as { came: string }).came;
    } catch (error) {
      if (this.#running.includes(instance)) throw new Error(`${act.act} got no answer`, { cause: error });
      return undefined;
    }
  }

  /** One plain request to one of the instances, by its public address. Fails when the instance ends before it answers. */
  async send(choice: number, publicAddress: string, init: RequestInit = {}): Promise<Response> {
    const instance = this.#running[choice % this.#running.length];
    if (instance === undefined) throw new Error('No instance is running.');
    const { pathname, search } = new URL(publicAddress);
    return fetch(instance.url + pathname + search, init);
  }

  /** Kills one at whatever it is doing, once another one stands by to take its place. */
  async replace(choice: number): Promise<void> {
    await this.#startOne();
    const [killed] = this.#running.splice(choice % (this.#running.length - 1), 1);
    killed?.child.kill();
  }

  async stop(): Promise<void> {
    const running = this.#running.splice(0);
    await Promise.all(running.map(({ child }) => child.stop(0)));
    await rm(this.#logDir, { recursive: true });
  }

  async #startOne(): Promise<void> {
    this.#started += 1;
    const name = `instance ${this.#started}`;
    const child = new Child({
      name,
      program: this.#program,
      args: [],
      env: childEnvironment(this.#environment),
      logFile: join(this.#logDir, `${name}.log`),
    });
    const [, port] = await child.prints(/^listening on (\d+)$/);
    this.#running.push({ child, url: `http://127.0.0.1:${port}` });
  }
}
