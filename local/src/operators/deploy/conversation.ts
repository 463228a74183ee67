/** Between a program and the operator at a terminal. */
import { createInterface } from 'node:readline/promises';

/** Ends the program with what the operator has to know. */
export function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Goes on when the operator says so, who may have said so already. */
export async function ask(agreed: boolean): Promise<void> {
  if (agreed) return;
  if (!process.stdin.isTTY) fail('Nothing was done: nobody is here to be asked. --yes goes on without.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Go on? [y/N] ');
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) fail('Nothing was done.');
}
