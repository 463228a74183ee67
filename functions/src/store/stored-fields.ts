/** Fields that the records of several collections have, and how they are read. */
import { Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';

export const time = z.instanceof(Timestamp).transform((stamp) => stamp.toDate());

/** A time as milliseconds since 1970. */
export const milliseconds = z.instanceof(Timestamp).transform((stamp) => stamp.toMillis());

/** What the vault sealed: `Sealed`. */
export const sealed = z.object({ keyId: z.string(), dataKey: z.string(), data: z.string() });

export const SCOPES = ['read', 'write'] as const;
/** What a credential allows. `write` includes `read`. */
export type Scope = (typeof SCOPES)[number];

/** `owner`: a person says yes on a page. `model`: the model says yes by a second call. `none`: sent at once. */
export const APPROVAL_MODES = ['none', 'model', 'owner'] as const;
/** Who has to say yes to an order; of two, the later one is the stricter. */
export type ApprovalMode = (typeof APPROVAL_MODES)[number];
