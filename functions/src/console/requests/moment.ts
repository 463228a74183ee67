import { z } from 'zod';

/** Firestore has the years 1 to 9999 (its `Timestamp`), and what a record is kept for is counted from some times. */
const FIRST = Date.UTC(1900, 0);
const LAST = Date.UTC(9000, 0);

/** A time with its zone, as a caller gives it. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(
    (time) => time.getTime() >= FIRST && time.getTime() < LAST,
    'a time between the years 1900 and 9000',
  );
