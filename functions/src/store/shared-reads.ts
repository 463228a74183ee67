/**
 * What the instances that serve one connection tell each other of reads of which IBKR takes few: the field `reads` of
 * `sessions/{connectionId}`, by request. Answers are compressed and sealed.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { FieldValue, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { milliseconds, sealed } from './database/stored-fields.ts';
import type { Vault } from './vault/vault.ts';

/** Times are milliseconds since 1970. */
export interface SharedRead {
  turn: number;
  body: string | null;
  until: number;
}

export interface SharedTurns {
  last: number;
  reads: readonly SharedRead[];
}

const storedRead = z.object({ turn: milliseconds, answer: sealed.nullable(), until: milliseconds });
type StoredRead = z.output<typeof storedRead>;
type StoredReads = Readonly<Record<string, StoredRead[]>>;

export const storedReads = z.record(z.string(), z.array(storedRead)).default({});

/** Of all answers of a session together, as stored: a record may be four times as long, and has more to hold. */
const MAX_LENGTH = 256 * 1024;

/** What is known of a request and not past. */
export function openReads(vault: Vault, session: string, request: string, reads: StoredReads): SharedRead[] {
  return (reads[request] ?? []).filter(isToCome).map(({ turn, answer, until }) => ({
    turn,
    body: answer && gunzipSync(vault.open(readsPlace(session, request), answer)).toString(),
    until,
  }));
}

/**
 * The field with other reads of one request, for a write that merges. It loses what is past and, where all answers are
 * too long together, the older ones.
 */
export function mergeReads(
  vault: Vault,
  session: string,
  request: string,
  reads: StoredReads,
  changed: readonly SharedRead[],
) {
  const sealedReads = changed.map(({ turn, body, until }) => ({
    turn,
    answer: body === null ? null : vault.seal(readsPlace(session, request), gzipSync(body)),
    until,
  }));
  const kept = dropOlder({ ...reads, [request]: sealedReads });
  return Object.fromEntries(
    Object.entries(kept).map(([key, list]) => [
      key,
      list.length === 0 ? FieldValue.delete() : list.map(toStored),
    ]),
  );
}

function dropOlder(reads: StoredReads): StoredReads {
  let length = 0;
  const kept = new Set(
    Object.values(reads)
      .flat()
      .filter(isToCome)
      .sort((one, other) => other.turn - one.turn)
      .filter(({ answer }) => {
        const longer = length + (answer?.data.length ?? 0);
        if (longer > MAX_LENGTH) return false;
        length = longer;
        return true;
      }),
  );
  return Object.fromEntries(
    Object.entries(reads).map(([request, list]) => [request, list.filter((read) => kept.has(read))]),
  );
}

function toStored({ turn, answer, until }: StoredRead) {
  return { turn: Timestamp.fromMillis(turn), answer, until: Timestamp.fromMillis(until) };
}

/** Where answers are sealed, and open alone. @param session The path of its record. */
export function readsPlace(session: string, request: string): string {
  return `${session} reads ${request}`;
}

function isToCome({ until }: { until: number }): boolean {
  return until > Date.now();
}
