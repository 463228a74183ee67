/** `GET /api/glance`: how all connections of a person stand, in one answer. */
import { z } from 'zod';
import { listOf, time } from './answer-parts.ts';
import { SCOPES } from './rules/scope.ts';

/** What an account was worth, and by how much that had changed since the previous close. */
const value = z.strictObject({
  /** The end of the account's number. */
  account: z.string(),
  netLiquidation: z.number().nullable(),
  daily: z.number().nullable(),
  currency: z.string().nullable(),
  asOf: time,
});
export type AccountValue = z.output<typeof value>;

const credential = z.strictObject({ id: z.string(), label: z.string(), scope: z.enum(SCOPES) });

const glanceItem = z.strictObject({
  connectionId: z.string(),
  /** Null while it is not known: nobody is signed in for that. */
  value: value.nullable(),
  /** Why IBKR did not tell it now, in words; null where it did, has not answered yet or was not asked. */
  valueFailure: z.string().nullable(),
  /** Calls that failed within the last day: of so many, `isMore`: at least. */
  errors: z.strictObject({
    count: z.number(),
    isMore: z.boolean(),
    latest: z
      .strictObject({
        at: time,
        tool: z.string(),
        code: z.string().nullable(),
        message: z.string().nullable(),
      })
      .nullable(),
  }),
  /** Who may use it. */
  apps: z.array(credential),
  keys: z.array(credential),
});
export type Glance = z.output<typeof glanceItem>;

export const glanceList = listOf(glanceItem);
export type GlanceList = z.output<typeof glanceList>;
