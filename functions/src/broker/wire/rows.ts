/**
 * Lists of IBKR, read row by row. One row that is not understood neither fails its list nor vanishes: it is told of
 * beside the others, with what can be read of it.
 */

import { z } from 'zod';
import { plainText } from '../../text/outside-text.ts';

const MOST_KEY_CHARACTERS = 100;
/** No list of IBKR's has so many. */
const MOST_ROWS = 20_000;
/** A list with more rows that are not understood is another one than was asked for. Each costs many times what others do. */
const MOST_UNREAD = 1_000;
const TOO_MANY_UNREAD = 'Too many of its rows are not understood.';

/** A row of an answer that is not of the form such rows have. */
export interface UnreadRow {
  /** Where it stands: its number in the list, from 1, or its key. */
  at: string;
  /** What of it is not understood: names of fields, never what IBKR wrote there. */
  reason: string;
}

/** The rows of a list, in IBKR's order, and those that could not be read. */
export interface Rows<Row, Clues = unknown> {
  rows: Row[];
  unread: (UnreadRow & Clues)[];
}

/** A list whose rows are read one by one. */
export function rowsOf<Row extends z.ZodType>(row: Row) {
  return cluedRowsOf(row, z.object({}));
}

/**
 * A list whose rows are read one by one.
 * @param clues Reads what tells which row it is, of one that `row` does not understand. All its fields are optional.
 */
export function cluedRowsOf<Row extends z.ZodType, Clues extends z.ZodObject>(row: Row, clues: Clues) {
  return z
    .array(z.unknown())
    .max(MOST_ROWS)
    .transform((list, context) => {
      const read: Rows<z.output<Row>, z.output<Clues>> = { rows: [], unread: [] };
      for (const [index, value] of list.entries()) {
        const { success, data, error } = row.safeParse(value);
        if (success) read.rows.push(data);
        else read.unread.push({ ...cluesIn(clues, value), at: String(index + 1), reason: reasonOf(error) });
        if (read.unread.length > MOST_UNREAD) {
          context.addIssue(TOO_MANY_UNREAD);
          return z.NEVER;
        }
      }
      return read;
    });
}

const entries = z
  .record(z.string(), z.unknown())
  .refine((record) => Object.keys(record).length <= MOST_ROWS, 'has too many entries');

/** An object whose values are read one by one, each into `[key, value]`. */
export function entriesOf<Value extends z.ZodType>(value: Value) {
  return entries.transform((record, context) => {
    const read: Rows<[key: string, value: z.output<Value>]> = { rows: [], unread: [] };
    for (const [key, inner] of Object.entries(record)) {
      const { success, data, error } = value.safeParse(inner);
      if (success) read.rows.push([plainText(key, MOST_KEY_CHARACTERS), data]);
      else read.unread.push({ at: key, reason: reasonOf(error) });
      if (read.unread.length > MOST_UNREAD) {
        context.addIssue(TOO_MANY_UNREAD);
        return z.NEVER;
      }
    }
    return read;
  });
}

function cluesIn<Clues extends z.ZodObject>(clues: Clues, value: unknown): z.output<Clues> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return clues.parse(isObject ? value : {});
}

function reasonOf({ issues }: z.ZodError): string {
  const fields = issues.flatMap(({ path }) => path.findLast((key) => typeof key === 'string') ?? []);
  return fields.length === 0 ? 'is no object' : `is not understood: ${[...new Set(fields)].join(', ')}`;
}
