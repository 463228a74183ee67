import { z } from 'zod';

/**
 * The id of a stored record, as a caller gives it in a path or a body. Firestore throws at other texts: a slash would
 * lead to another collection, and `__…__` is reserved (Firestore, "Constraints on document IDs").
 */
export const recordId = z.string().regex(/^(?!__.*__$)[\w-]{1,128}$/, 'no id of ours');

/** Whether there can be a record of that id. */
export function isRecordId(text: string): boolean {
  return recordId.safeParse(text).success;
}
