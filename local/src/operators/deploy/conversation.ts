/** Between a program and the operator at a terminal. */
import { createInterface } from 'node:readline/promises';
import { run } from './command.ts';
import { carryOut, type Step } from './steps.ts';

/** Ends the program with what the operator has to know. */
export function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/**
 * Says what will be done, and does it when the operator says so.
 * @param heading What the steps are done to.
 * @param agreed They have said so already.
 * @throws {Error} for the operator, naming the step that failed.
 */
export async function carryOutAsked(heading: string, steps: readonly Step[], agreed: boolean): Promise<void> {
  console.log(heading);
  for (const [index, { name }] of steps.entries()) console.log(`  ${index + 1}. ${name}`);
  await ask(agreed);
  await carryOut(steps, run, console.log);
}

async function ask(agreed: boolean): Promise<void> {
  if (agreed) return;
  if (!process.stdin.isTTY) fail('Nothing was done: nobody is here to be asked. --yes goes on without.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Go on? [y/N] ');
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) fail('Nothing was done.');
}
