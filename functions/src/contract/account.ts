/** `/api/account`: all that is kept of a person, and the end of it. */
import { z } from 'zod';
import { ACCOUNT_MODES } from './connection-kind.ts';

/** `GET /api/account`: whose it is, and what to know before deleting it. */
export const ownAccount = z.strictObject({
  email: z.string(),
  connections: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string(),
      mode: z.enum(ACCOUNT_MODES),
      /** Orders of this gateway that may be working at IBKR. */
      openOrders: z.number(),
    }),
  ),
});
export type OwnAccount = z.output<typeof ownAccount>;

/** In this order. */
export const DATA_PARTS = [
  'account',
  'connections',
  'sessions',
  'keys',
  'apps',
  'orders',
  'news',
  'channels',
  'deliveries',
  'watches',
  'activity',
] as const;
export type DataPart = (typeof DATA_PARTS)[number];

/** `GET /api/account/data?cursor=`: a page of a person's data, all of one part. */
export const dataPage = z.strictObject({
  part: z.enum(DATA_PARTS),
  /** Every field that is stored; what is sealed is `(sealed)`. */
  items: z.array(z.record(z.string(), z.unknown())),
  /** Null: that is all. A page without items may come before more. */
  nextCursor: z.string().nullable(),
});
export type DataPage = z.output<typeof dataPage>;

/** `POST /api/account/deletion`: deletes the account of who is signed in. */
export const accountDeletion = z.strictObject({
  /** Their address, typed once more. */
  email: z.string().max(320),
  /** That orders may go on working at IBKR is known. */
  ordersStay: z.boolean().default(false),
});
export type AccountDeletionBody = z.input<typeof accountDeletion>;
