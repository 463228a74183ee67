/** What is done to a project, step by step; each can be done again. */
import { type Command, type Run, shown } from './command.ts';

export interface Step {
  /** What is so when it is done. */
  readonly name: string;
  /** What it may run, in order. */
  readonly commands: readonly Command[];
  /** @returns whether there was anything to do. */
  carryOut(run: Run): Promise<boolean>;
}

/**
 * A step that looks first.
 * @param missing What has to be run, by what the look found; null: nothing is there yet.
 */
export function step(
  name: string,
  look: Command,
  missing: (found: string | null) => readonly Command[],
): Step {
  return {
    name,
    commands: [look, ...missing(null)],
    carryOut: async (run) => {
      const commands = missing(await run(look));
      for (const command of commands) await run(command);
      return commands.length > 0;
    },
  };
}

/** A step whose commands look themselves what is to be done. */
export function always(name: string, ...commands: Command[]): Step {
  return {
    name,
    commands,
    carryOut: async (run) => {
      for (const command of commands) await run(command);
      return true;
    },
  };
}

/** What the steps would run, for reading. */
export function planOf(steps: readonly Step[]): string {
  return steps
    .map(({ name, commands }, index) =>
      [`${index + 1}. ${name}`, ...commands.map((command) => `     ${shown(command)}`)].join('\n'),
    )
    .join('\n');
}

/** @throws {Error} for the operator, naming the step that failed. */
export async function carryOut(steps: readonly Step[], run: Run, say: (line: string) => void): Promise<void> {
  for (const [index, { name, carryOut: carry }] of steps.entries()) {
    try {
      say(`${(await carry(run)) ? 'done   ' : 'was so '} ${index + 1}. ${name}`);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(
        `FAILED  ${index + 1}. ${name}\n${message}\nWhat was done before stays. Mend it and run this again.`,
        {
          cause: error,
        },
      );
    }
  }
}
