/** Programs that are run for an operator: shown as they could be typed, and run by their name on the path. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { unattended } from '../../config.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What it is given to read: made when it runs, and never shown. */
  readonly input?: { readonly what: string; make(): string };
  /** What it says is for the operator, and shown while it runs. */
  readonly speaks?: boolean;
  /** What is done with its answer. */
  readonly answer?: { readonly what: string; take(answer: string): Promise<void> };
}

/** Runs a command, and gives what it answered. */
export type Run = (command: Command) => Promise<string>;

const MISSING: Readonly<Record<string, string>> = {
  gcloud: 'Install it (https://cloud.google.com/sdk/docs/install), then: gcloud auth login',
  firebase: 'Run npm ci, start this with npm run, and sign in: npx firebase login',
};

/** How many of a failed command's last lines are repeated. */
const LAST_LINES = 15;

/** The command as a shell takes it. */
export function shown({ program, args, input, answer }: Command): string {
  const words = [program, ...args].map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  const notes = [input && `reads ${input.what}`, answer?.what].filter(Boolean).join('; ');
  return notes === '' ? words.join(' ') : `${words.join(' ')}   # ${notes}`;
}

/** @throws {Error} for the operator: with the last that the command said, or where to get its program. */
export const run: Run = async (command) => {
  const { program, args, input, speaks = false } = command;
  const child = spawn(program, args, {
    env: unattended(),
    stdio: ['pipe', speaks ? 'inherit' : 'pipe', speaks ? 'inherit' : 'pipe'],
  });
  const said = Promise.all([child.stdout ? text(child.stdout) : '', child.stderr ? text(child.stderr) : '']);
  // A program that ends without reading is told of by how it ends.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input?.make() ?? '');
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${program} is not here. ${MISSING[program] ?? ''}`);
  });
  const [out, errors] = await said;
  if (code !== 0) {
    const last = `${errors}${out}`.trim().split('\n').slice(-LAST_LINES).join('\n  ');
    throw new Error(`This ended with ${code}: ${shown(command)}${last === '' ? '' : `\n  ${last}`}`);
  }
  await command.answer?.take(out);
  return out;
};
