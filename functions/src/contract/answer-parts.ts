/** What many answers of the console's API have in common. */
import { z } from 'zod';

/** ISO 8601, in UTC. */
export const time = z.iso.datetime();

/** A page of a list; `nextCursor` asks for the next one, null: there is none. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}
