/** How tools say that IBKR answered rows which are missing from the result, because they are not understood. */
import type { z } from 'zod';
import type { UnreadRow } from '../broker/wire/rows.ts';
import type { unreadOutput } from '../contract/tool-outputs/parts.ts';
import { cleanText } from '../text/outside-text.ts';

const NAMED_AT_MOST = 5;

/** @param rows With the id of what they tell of, where that can be read. */
export function shownUnread(rows: readonly (UnreadRow & { id?: string | null })[]): {
  unread?: NonNullable<z.output<typeof unreadOutput>>;
} {
  if (rows.length === 0) return {};
  const named = rows.slice(0, NAMED_AT_MOST).map(({ at, id, reason }) => {
    return `row ${cleanText(at)}${id == null ? '' : ` (${id})`} ${reason}`;
  });
  const more = rows.length > named.length ? ['…'] : [];
  return { unread: { count: rows.length, reason: [...named, ...more].join('; ') } };
}
