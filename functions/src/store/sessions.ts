/**
 * `sessions/{connectionId}`: what the instances that serve one connection share about its IBKR session, for the
 * broker's `SessionStore`, which this matches in form. (`store` and `broker` do not know each other.)
 */
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { milliseconds, sealed } from './database/stored-fields.ts';
import { mergeReads, openReads, type SharedRead, type SharedTurns, storedReads } from './shared-reads.ts';
import type { Vault } from './vault/vault.ts';

export const storedSession = z.object({
  epoch: z.number().default(0),
  openedAt: milliseconds.nullable().default(null),
  liveSession: z.object({ token: sealed, expiresAt: milliseconds }).nullable().default(null),
  credentialRejections: z.object({ count: z.number(), at: milliseconds }).nullable().default(null),
  trouble: z.object({ code: z.string(), at: milliseconds }).nullable().default(null),
  accountIds: z.array(z.string()).nullable().default(null),
  warmedEpoch: z.number().default(0),
  portfolioAccounts: z.object({ answer: sealed, until: milliseconds }).nullable().default(null),
  lease: z.object({ holder: z.string(), until: milliseconds }).nullable().default(null),
  /** By name of a limit of IBKR's: the latest turn that an instance took. */
  turns: z.record(z.string(), milliseconds).default({}),
  reads: storedReads,
  lastUsedAt: milliseconds.nullable().default(null),
  /** When the session is to be kept alive next; null: not until it is used again. */
  keepAliveAt: milliseconds.nullable().default(null),
});

type Stored = z.output<typeof storedSession>;
/** Why a session was not well, as an error code, and when. */
type Trouble = NonNullable<Stored['trouble']>;

/** Times are milliseconds since 1970. */
export interface StoredSession {
  epoch: number;
  openedAt: number | null;
  pacedUntil: number | null;
  liveSession: { token: Uint8Array; expiresAt: number } | null;
  credentialRejections: Stored['credentialRejections'];
  trouble: Stored['trouble'];
  accountIds: readonly string[] | null;
  warmedEpoch: number;
  portfolioAccounts: { body: string; until: number } | null;
}

/** The shared session of one connection. */
export function sessionStore(db: Firestore, vault: Vault, connectionId: string) {
  const record = db.collection('sessions').doc(connectionId);
  const connection = db.collection('connections').doc(connectionId);

  return {
    async read(): Promise<StoredSession> {
      const [session, paced] = await db.getAll(record, connection);
      const stored = storedSession.parse(session?.data() ?? {});
      const { epoch, openedAt, credentialRejections, trouble, accountIds, warmedEpoch } = stored;
      const { liveSession, portfolioAccounts } = stored;
      return {
        epoch,
        openedAt,
        credentialRejections,
        trouble,
        accountIds,
        warmedEpoch,
        portfolioAccounts: portfolioAccounts && openedAnswer(portfolioAccounts),
        pacedUntil: milliseconds.nullish().parse(paced?.get('pacedUntil')) ?? null,
        liveSession: liveSession && openedToken(liveSession),
      };
    },

    async write({ pacedUntil, ...fields }: Partial<StoredSession>): Promise<void> {
      const batch = db.batch();
      if (Object.keys(fields).length > 0) batch.set(record, stored(fields), { merge: true });
      // Kept with the connection, which every call reads: so every instance sees it at once.
      if (pacedUntil !== undefined) batch.update(connection, { pacedUntil: timestamp(pacedUntil) });
      await batch.commit();
    },

    /** @returns whether `holder` has the lease now. */
    acquireLease(holder: string, ttlMs: number): Promise<boolean> {
      return db.runTransaction(async (transaction) => {
        const { lease } = storedSession.parse((await transaction.get(record)).data() ?? {});
        const now = Date.now();
        if (lease !== null && lease.holder !== holder && lease.until > now) return false;
        transaction.set(record, { lease: { holder, until: timestamp(now + ttlMs) } }, { merge: true });
        return true;
      });
    },

    releaseLease(holder: string): Promise<void> {
      return db.runTransaction(async (transaction) => {
        const { lease } = storedSession.parse((await transaction.get(record)).data() ?? {});
        if (lease?.holder === holder) transaction.update(record, { lease: null });
      });
    },

    /** @param next May be asked more than once. */
    changeTurns(
      name: string,
      request: string,
      next: (known: SharedTurns) => SharedTurns | null,
    ): Promise<void> {
      return db.runTransaction(async (transaction) => {
        const { turns, reads } = storedSession.parse((await transaction.get(record)).data() ?? {});
        const known = { last: turns[name] ?? 0, reads: openReads(vault, record.path, request, reads) };
        const changed = next(known);
        if (changed === null) return;
        const isSame = changed.reads === known.reads;
        const fields = isSame ? {} : { reads: mergeReads(vault, record.path, request, reads, changed.reads) };
        const turn = { [name]: timestamp(changed.last) };
        transaction.set(record, { turns: turn, ...fields }, { merge: true });
      });
    },

    async sharedReads(request: string): Promise<SharedRead[]> {
      const { reads } = storedSession.parse((await record.get()).data() ?? {});
      return openReads(vault, record.path, request, reads);
    },

    shareRead(request: string, read: SharedRead): Promise<void> {
      return db.runTransaction(async (transaction) => {
        const { reads } = storedSession.parse((await transaction.get(record)).data() ?? {});
        const others = openReads(vault, record.path, request, reads).filter(({ turn }) => turn !== read.turn);
        const fields = { reads: mergeReads(vault, record.path, request, reads, [...others, read]) };
        transaction.set(record, fields, { merge: true });
      });
    },
  };

  /** One that is past may be sealed with a key that is gone: so with answers. */
  function openedToken({ token, expiresAt }: NonNullable<Stored['liveSession']>) {
    return expiresAt <= Date.now() ? null : { token: vault.open(record.path, token), expiresAt };
  }

  function openedAnswer({ answer, until }: NonNullable<Stored['portfolioAccounts']>) {
    if (until <= Date.now()) return null;
    return { body: Buffer.from(vault.open(record.path, answer)).toString(), until };
  }

  function stored(fields: Partial<StoredSession>) {
    const { openedAt, liveSession, credentialRejections, trouble, portfolioAccounts, ...rest } = fields;
    return {
      ...rest,
      ...(trouble === undefined ? {} : { trouble: trouble && toStoredTrouble(trouble) }),
      ...(openedAt === undefined ? {} : { openedAt: timestamp(openedAt) }),
      ...(liveSession === undefined
        ? {}
        : {
            liveSession: liveSession && {
              token: vault.seal(record.path, liveSession.token),
              expiresAt: timestamp(liveSession.expiresAt),
            },
          }),
      ...(portfolioAccounts === undefined
        ? {}
        : {
            portfolioAccounts: portfolioAccounts && {
              answer: vault.seal(record.path, Buffer.from(portfolioAccounts.body)),
              until: timestamp(portfolioAccounts.until),
            },
          }),
      ...(credentialRejections === undefined
        ? {}
        : {
            credentialRejections: credentialRejections && {
              count: credentialRejections.count,
              at: timestamp(credentialRejections.at),
            },
          }),
    };
  }
}

function toStoredTrouble({ code, at }: Trouble) {
  return { code, at: timestamp(at) };
}

function timestamp(time: number | null): Timestamp | null {
  return time === null ? null : Timestamp.fromMillis(time);
}

/** When the connection's brokerage session was last opened; null if never. */
export async function sessionOpenedAt(db: Firestore, connectionId: string): Promise<Date | null> {
  const { openedAt } = storedSession.parse(
    (await db.collection('sessions').doc(connectionId).get()).data() ?? {},
  );
  return openedAt === null ? null : new Date(openedAt);
}

/** What is known of a session without asking IBKR. Times are milliseconds since 1970. */
export interface KnownSession {
  openedAt: number | null;
  /** When IBKR refused the credentials, which nobody changed since. */
  credentialsRejectedAt: number | null;
  /** Why the session was not well when it was last looked after. */
  trouble: Trouble | null;
  accountIds: readonly string[];
  /** Whether it is kept from idling out. */
  isKeptAlive: boolean;
}

/** The sessions of these connections, in their order. */
export async function findSessions(db: Firestore, connectionIds: readonly string[]): Promise<KnownSession[]> {
  if (connectionIds.length === 0) return [];
  const records = await db.getAll(...connectionIds.map((id) => db.collection('sessions').doc(id)));
  return records.map((record) => {
    const session = storedSession.parse(record.data() ?? {});
    return {
      openedAt: session.openedAt,
      credentialsRejectedAt: session.credentialRejections?.at ?? null,
      trouble: session.trouble,
      accountIds: session.accountIds ?? [],
      isKeptAlive: session.keepAliveAt !== null,
    };
  });
}

/** Notes that the session was used and has to be kept alive from now on. */
export async function markSessionUsed(db: Firestore, connectionId: string, now: Date): Promise<void> {
  const fields = { lastUsedAt: now, keepAliveAt: now, keepAliveFailures: 0 };
  await db.collection('sessions').doc(connectionId).set(fields, { merge: true });
}

/**
 * Forgets that IBKR refused the credentials before `before`, so that they are tried once more.
 * @returns whether they may be tried now.
 */
export async function forgetRejection(db: Firestore, connectionId: string, before: Date): Promise<boolean> {
  const record = db.collection('sessions').doc(connectionId);
  return db.runTransaction(async (transaction) => {
    const { credentialRejections } = storedSession.parse((await transaction.get(record)).data() ?? {});
    if (credentialRejections === null) return true;
    if (credentialRejections.at >= before.getTime()) return false;
    transaction.update(record, { credentialRejections: null });
    return true;
  });
}

/** Notes that IBKR answered on the session just now. */
export async function noteSessionWell(db: Firestore, connectionId: string): Promise<void> {
  await db.collection('sessions').doc(connectionId).set({ trouble: null }, { merge: true });
}
