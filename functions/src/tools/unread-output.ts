/** How tools say that IBKR answered rows which are missing from the result, because they are not understood. */
import { z } from 'zod';
import type { UnreadRow } from '../ibkr/rows.ts';

const NAMED_AT_MOST = 5;

/** There only if there are such rows. */
export const unreadOutput = z
  .strictObject({
    count: z.number().describe('How many rows of IBKR are missing here.'),
    reason: z.string(),
  })
  .optional()
  .describe(
    'Rows of IBKR’s answer that this service could not read. The result is incomplete: tell the user.',
  );

/** @param rows With the id of what they tell of, where that can be read. */
export function shownUnread(rows: readonly (UnreadRow & { id?: string | null })[]): {
  unread?: NonNullable<z.output<typeof unreadOutput>>;
} {
  if (rows.length === 0) return {};
  const named = rows.slice(0, NAMED_AT_MOST).map(({ at, id, reason }) => {
    return `row ${at}${id == null ? '' : ` (${id})`} ${reason}`;
  });
  const more = rows.length > named.length ? ['…'] : [];
  return { unread: { count: rows.length, reason: [...named, ...more].join('; ') } };
}
