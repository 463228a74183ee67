/** Fields that the records of several collections have, and how they are read. */
import { Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';

export const time = z.instanceof(Timestamp).transform((stamp) => stamp.toDate());

/** What a record holds, with its times as `Date`s, in fields of fields and in lists too. */
export function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(withDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withDates(field)]));
}

/** A time as milliseconds since 1970. */
export const milliseconds = z.instanceof(Timestamp).transform((stamp) => stamp.toMillis());

export const sealed = z.object({
  /** The key of the vault's ring that opens `dataKey`. */
  keyId: z.string(),
  dataKey: z.string(),
  data: z.string(),
});

/** A value that the vault sealed; both texts are base64 of nonce, ciphertext and tag. */
export type Sealed = z.output<typeof sealed>;
