/**
 * `signIns/{keyed hash of an IBKR user name}`: how its sign-ins went, over all connections and owners, for the broker's
 * `AttemptsStore`, which this matches in form. (`store` and `broker` do not know each other.)
 */
import { createHmac } from 'node:crypto';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { milliseconds } from './database/stored-fields.ts';
import type { Vault } from './vault/vault.ts';

const STOPS = [
  'wrong_password',
  'wrong_code',
  'wrong_mode',
  'user_locked',
  'sign_in_changed',
  'code_wanted',
  'sent_code_wanted',
  'approval_wanted',
  'unanswered',
] as const;

export const storedSignIns = z.object({
  holder: z.object({ name: z.string(), until: milliseconds }).nullable().default(null),
  untaken: z
    .array(
      z.object({
        at: milliseconds,
        what: z.enum(['password', 'code', 'mode']).default('password'),
        connection: z.string(),
        owner: z.string(),
        isProven: z.boolean(),
      }),
    )
    // Of a day at most, and written otherwise before.
    .catch([]),
  codeWindow: z.number().default(-1),
  connections: z
    .record(
      z.string(),
      z.object({
        owner: z.string().default(''),
        passwords: z.number(),
        codes: z.number(),
        failures: z.number(),
        notBefore: milliseconds,
        // Of a code that IBKR sends, which had two names before.
        stop: z.enum(STOPS).nullable().catch('sent_code_wanted'),
        isProven: z.boolean().default(false),
        chosenFactor: z.enum(['app', 'phone', 'message']).nullable().default(null),
      }),
    )
    .default({}),
});

/** Times are milliseconds since 1970. */
export interface StoredSignIns {
  holder: { name: string; until: number } | null;
  untaken: readonly {
    at: number;
    what: 'password' | 'code' | 'mode';
    connection: string;
    owner: string;
    isProven: boolean;
  }[];
  codeWindow: number;
  connections: Readonly<
    Record<
      string,
      {
        owner: string;
        passwords: number;
        codes: number;
        failures: number;
        notBefore: number;
        stop: (typeof STOPS)[number] | null;
        isProven: boolean;
        chosenFactor: 'app' | 'phone' | 'message' | null;
      }
    >
  >;
}

/** Long after IBKR has forgotten what failed, which it does in a day. */
const KEPT_MS = 30 * 86_400_000;

/** What is known of the sign-ins of one IBKR user name. */
export function signIns(db: Firestore, vault: Vault, username: string) {
  const record = db.collection('signIns').doc(keyedHash(vault, username.trim().toLowerCase()));
  return {
    /** @param next May be asked more than once; `now` is by storage's clock, whatever this instance's shows. */
    change<Result>(
      next: (known: StoredSignIns, now: number) => { known: StoredSignIns | null; result: Result },
    ): Promise<Result> {
      return db.runTransaction(async (transaction) => {
        const found = await transaction.get(record);
        const before = storedSignIns.parse(found.data() ?? {});
        const { known, result } = next(before, found.readTime.toMillis());
        if (known !== null) transaction.set(record, toStored(known));
        return result;
      });
    },
  };
}

/** What the owner of a connection is called in these records, which outlive their account. */
export async function ownerName(db: Firestore, vault: Vault, connectionId: string): Promise<string> {
  const connection = await db.collection('connections').doc(connectionId).get();
  return keyedHash(vault, `owner ${connection.get('ownerUid')}`);
}

function keyedHash(vault: Vault, text: string): string {
  return createHmac('sha256', vault.deriveKey('IBKR user names')).update(text).digest('hex');
}

function toStored({ holder, untaken, codeWindow, connections }: StoredSignIns) {
  const attempts = Object.entries(connections).map(
    ([id, { notBefore, ...counts }]) =>
      [id, { ...counts, notBefore: Timestamp.fromMillis(notBefore) }] as const,
  );
  return {
    holder: holder && { ...holder, until: Timestamp.fromMillis(holder.until) },
    untaken: untaken.map(({ at, ...of }) => ({ ...of, at: Timestamp.fromMillis(at) })),
    codeWindow,
    connections: Object.fromEntries(attempts),
    expireAt: Timestamp.fromMillis(Date.now() + KEPT_MS),
  };
}
