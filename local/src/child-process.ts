import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

const LAST_LINES = 15;

export interface ChildOptions {
  /** What people call it, in messages. */
  name: string;
  /** The program, a file for Node.js. */
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Modules that are loaded before the program, and into none that it starts. */
  imports?: readonly string[];
  cwd?: string;
  /** Gets everything it prints. */
  logFile: string;
  /** Called with each printed line that matches; for what the person must see at once. */
  alarm?: { pattern: RegExp; raise: (line: string) => void };
}

/** A child ended without having been asked to. The message says how, and with which last words. */
class ChildDiedError extends Error {
  override name = 'ChildDiedError';

  constructor(name: string, how: string, lastLines: readonly string[], logFile: string) {
    const words = lastLines.map((line) => `    ${line}`).join('\n');
    super(`The ${name} ended by itself (${how}). Its last words, the rest is in ${logFile}:\n${words}`);
  }
}

/**
 * A long-running program that the stack owns: its own process group, so that a Ctrl-C in the terminal
 * reaches only the supervisor, and an IPC channel whose end tells it that the supervisor is gone.
 */
export class Child {
  readonly name: string;
  /** Never resolves; rejects with a {@link ChildDiedError} should the child end unasked. */
  readonly died: Promise<never>;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lastLines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #stopping = false;

  constructor({ name, program, args, env, imports = [], cwd, logFile, alarm }: ChildOptions) {
    this.name = name;
    if (alarm) this.#listeners.add((line) => alarm.pattern.test(line) && alarm.raise(line));
    this.#process = fork(program, args, {
      env,
      execArgv: imports.map((module) => `--import=${module}`),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    // For appending, so that it can be cut meanwhile.
    writeFileSync(logFile, '', { mode: 0o600 });
    const log = createWriteStream(logFile, { flags: 'a' });
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      if (output) this.#read(output, (line) => log.write(`${line}\n`));
    }
    const died = Promise.withResolvers<never>();
    this.died = died.promise;
    this.died.catch(() => {}); // Whoever does not ask shall not be told.
    this.#process.once('exit', () => this.kill());
    this.#ended = once(this.#process, 'close').then(([code, signal]) => {
      log.end();
      if (this.#stopping) return;
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      died.reject(new ChildDiedError(name, how, this.#lastLines, logFile));
    }, died.reject);
  }

  /**
   * The first line from now on that matches: of what the child says once, to be asked before anything else is waited for.
   * Rejects with a {@link ChildDiedError} if none ever can.
   */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    const printed = Promise.withResolvers<RegExpExecArray>();
    const listener = (line: string) => {
      const match = pattern.exec(line);
      if (match) printed.resolve(match);
    };
    this.#listeners.add(listener);
    const either = Promise.race([printed.promise, this.died]).finally(() => this.#listeners.delete(listener));
    either.catch(() => {}); // As of `died`.
    return either;
  }

  /** Asks the child to end, and ends it by force, with all its own children, after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#process.kill('SIGTERM');
    const timeout = new AbortController();
    await Promise.race([this.#ended, delay(graceMs, undefined, timeout).catch(() => {})]);
    timeout.abort();
    this.kill();
    await this.#ended;
  }

  /** Ends the child and all its own children at once. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // Nobody is left; macOS says EPERM for that.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  #read(output: Readable, write: (line: string) => void): void {
    createInterface(output).on('line', (raw) => {
      const line = stripVTControlCharacters(raw).trimEnd();
      if (line === '') return;
      write(line);
      this.#lastLines.push(line);
      if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
      for (const listener of this.#listeners) listener(line);
    });
  }
}
