/** What a person asks of somebody who has the tools of one sandbox: the calls that serve it, and the facts to be told. */
import type { Connection } from '../../functions/src/store/connections.ts';
import type { Fact } from './facts.ts';

export interface Call {
  tool: string;
  args: Record<string, unknown>;
}

/** Answers so far, with their tables as lists of objects. */
export type Answers = readonly Record<string, unknown>[];

/** A call, which may depend on what was answered before, or not be needed then. */
export type Step = Call | ((answers: Answers) => Call | null);

export interface EvalRequest {
  /** In the words of a person. */
  ask: string;
  /** What stands before it is asked; it counts for nothing. */
  given?: readonly Step[];
  /** What its owner has set up. */
  settings?: Partial<Connection>;
  calls: readonly Step[];
  facts: readonly Fact[];
}

export const call = (tool: string, args: Record<string, unknown> = {}): Call => ({ tool, args });

/** As IBKR names it: `JAN27`. */
export function nextMonth(): string {
  const now = new Date();
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  const name = next.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' }).toUpperCase();
  return `${name}${String(next.getUTCFullYear()).slice(2)}`;
}
