import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { fail } from './deploy/conversation.ts';

/** The options that a program was started with; it ends where there are others, and says which. */
export function givenOptions<const Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    fail(`${(error as Error).message}\n--help says which options there are.`);
  }
}
