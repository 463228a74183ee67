/** How large an answer may be, in tokens of a model that reads it. */
import type { ToolContext } from '../connections/call-context.ts';
import type { Table } from '../contract/table.ts';

/** Hosts cut answers at about 25,000 tokens, and a conversation holds many. */
export const MOST_TOKENS = 8_000;
/** What stands beside the rows of a table. */
const BESIDE_ROWS = 500;

/** Digits go by threes, words by a few letters; what is not ASCII may take a token for each byte. */
const PIECES = /\d{1,3}|[A-Za-z]{1,4}|[!-/:-@[-`{-~]{1,2}|[^\dA-Za-z]/gu;

/** About how many tokens a text has, rather too many than too few: counting exactly takes a table of 200,000 words. */
export function tokensIn(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(PIECES))
    tokens += piece.charCodeAt(0) < 128 ? 1 : Buffer.byteLength(piece);
  return tokens;
}

/** How much a table may take of an answer. Pages show the whole of it. */
export function tableBudget({ app }: Pick<ToolContext, 'app'>): number {
  return app.source === 'console' ? Number.POSITIVE_INFINITY : MOST_TOKENS - BESIDE_ROWS;
}

/** What one order more may take, with whatever IBKR says of it. */
const MOST_OF_ORDER = 600;

/** Whether an answer that tells of each order it acts on has room for one more. Who acts on all of them acts on the rest in another call. */
export function hasRoom(told: readonly unknown[], context: Pick<ToolContext, 'app'>): boolean {
  return tokensIn(JSON.stringify(told)) + MOST_OF_ORDER <= tableBudget(context);
}

/** How many of the items fit, from the first on. */
export function fittingCount(items: readonly unknown[], budget: number): number {
  if (budget === Number.POSITIVE_INFINITY) return items.length;
  let tokens = 0;
  const cut = items.findIndex((item) => {
    tokens += tokensIn(JSON.stringify(item));
    return tokens > budget;
  });
  return cut === -1 ? items.length : cut;
}

/** As many items of a list as fit, after those that are left out on purpose, and how many come after them. */
export function cutList<Item>(
  items: readonly Item[],
  budget: number,
  offset = 0,
): { shown: Item[]; left: number; tokens: number } {
  const asked = items.slice(offset);
  const shown = asked.slice(0, fittingCount(asked, budget));
  return { shown, left: asked.length - shown.length, tokens: tokensIn(JSON.stringify(shown)) };
}

/** As much of a table as fits: its first rows, or its last, which are the newest of a history. */
export function cutTable<Row extends object>(
  table: Table<Row>,
  budget: number,
  keeps: 'first' | 'last' = 'first',
): { table: Table<Row>; left: number } {
  const { rows } = table;
  const count = fittingCount(keeps === 'first' ? rows : rows.toReversed(), budget);
  const left = rows.length - count;
  return { table: { ...table, rows: keeps === 'first' ? rows.slice(0, count) : rows.slice(left) }, left };
}
