/** Seals anew what another key of the ring sealed, so that the other key can be removed. */
import {
  type DocumentReference,
  type Firestore,
  type QueryDocumentSnapshot,
  Timestamp,
} from 'firebase-admin/firestore';
import { z } from 'zod';
import { pages } from '../database/pages.ts';
import type { Sealed } from '../database/stored-fields.ts';
import { sealed } from '../database/stored-fields.ts';
import { readsPlace } from '../shared-reads.ts';
import type { Vault } from './vault.ts';

/** The collections whose records a ring seals, at any depth. Others are not read: they may be large. */
export type SealedBy = (collection: string) => boolean;

export const SEALED_BY_VAULT: SealedBy = (collection) =>
  ['vault', 'sessions', 'channels', 'auditKeys', 'deployment'].includes(collection) ||
  collection.startsWith('oidc_');
/** The ring that only the function `signIn` has. */
export const SEALED_BY_SIGN_IN: SealedBy = (collection) =>
  ['signInVault', 'unfinishedSignIns'].includes(collection);

const AT_ONCE = 20;
/** What instances seal with an old key meanwhile is found by the next pass. */
const MOST_PASSES = 5;

/** A record that needs another key than the one that seals. */
interface LeftRecord {
  path: string;
  keyIds: string[];
  /** Why it could not be sealed anew; null: nobody tried. */
  reason: string | null;
}

/** How far it has come. */
export interface RotationReport {
  /** Records that the last pass looked at. */
  records: number;
  /** Records that were sealed anew, in all passes. */
  resealed: number;
  left: LeftRecord[];
}

/**
 * Seals everything anew that is not sealed by the key in front of the ring. May be ended at any moment and begun again,
 * and run while the service does: each record is changed by a transaction, so that no other change of it is lost.
 * @param onPage Told after every page of records.
 * @returns what is left after a pass that found nothing more to do; nothing: the other keys are needed no more.
 */
export async function resealAll(
  db: Firestore,
  vault: Vault,
  isSealed: SealedBy,
  onPage: (report: RotationReport) => void = () => {},
): Promise<RotationReport> {
  let resealed = 0;
  for (let pass = 1; ; pass += 1) {
    const report: RotationReport = { records: 0, resealed, left: [] };
    for await (const page of sealedRecords(db, isSealed)) {
      await resealPage(db, vault, page, report);
      onPage(report);
    }
    const isDone = report.resealed === resealed;
    resealed = report.resealed;
    if (isDone) return report;
    if (pass === MOST_PASSES) return { ...(await countOthers(db, vault, isSealed)), resealed };
  }
}

/** What needs another key than the one that seals. Changes nothing. */
export async function countOthers(db: Firestore, vault: Vault, isSealed: SealedBy): Promise<RotationReport> {
  const report: RotationReport = { records: 0, resealed: 0, left: [] };
  for await (const page of sealedRecords(db, isSealed)) {
    report.records += page.length;
    report.left.push(...page.flatMap((record) => listLeft(record, vault, null)));
  }
  return report;
}

async function resealPage(
  db: Firestore,
  vault: Vault,
  page: readonly QueryDocumentSnapshot[],
  report: RotationReport,
): Promise<void> {
  report.records += page.length;
  const due = page.filter((record) => otherKeys(record, vault).length > 0);
  for (let start = 0; start < due.length; start += AT_ONCE) {
    await Promise.all(
      due.slice(start, start + AT_ONCE).map(async (record) => {
        const reason = await reseal(db, vault, record.ref);
        if (reason === null) report.resealed += 1;
        else report.left.push(...listLeft(record, vault, reason));
      }),
    );
  }
}

function listLeft(record: QueryDocumentSnapshot, vault: Vault, failure: string | null): LeftRecord[] {
  const keyIds = otherKeys(record, vault);
  const isUnknown = keyIds.includes(vault.sealingKeyId);
  const reason = isUnknown ? 'the key of this id in the ring is not the one that sealed it' : failure;
  return keyIds.length === 0 ? [] : [{ path: record.ref.path, keyIds, reason }];
}

async function* sealedRecords(db: Firestore, isSealed: SealedBy): AsyncGenerator<QueryDocumentSnapshot[]> {
  for (const collection of await db.listCollections()) {
    if (isSealed(collection.id)) yield* pages(collection);
  }
}

/** @returns why it could not be; null: it is done, or there is no such record any more. */
async function reseal(db: Firestore, vault: Vault, ref: DocumentReference): Promise<string | null> {
  try {
    await db.runTransaction(async (transaction) => {
      const record = await transaction.get(ref);
      const data = record.data();
      const anew = withSealed(data, (value, at) => {
        if (!isInUse(value, at, vault, ref)) return value;
        const place = placeOf(ref, at.fields);
        return vault.seal(place, vault.open(place, value));
      });
      if (anew !== data) transaction.set(ref, anew as object);
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'It failed.';
  }
}

/** The keys that a record needs beside the one that seals. */
function otherKeys(record: QueryDocumentSnapshot, vault: Vault): string[] {
  const ids = new Set<string>();
  withSealed(record.data(), (value, at) => {
    if (isInUse(value, at, vault, record.ref)) ids.add(value.keyId);
    return value;
  });
  return [...ids];
}

/**
 * Whether another key than the one that seals sealed it, be it one of the same id. What is past, and sealed by a key that
 * is gone, nobody opens.
 */
function isInUse(value: Sealed, { isPast, fields }: Found, vault: Vault, ref: DocumentReference): boolean {
  if (value.keyId !== vault.sealingKeyId) return vault.has(value.keyId) || !isPast;
  return !isPast && !vault.opens(placeOf(ref, fields), value);
}

function placeOf({ path, parent }: DocumentReference, [field, name = '']: readonly string[]): string {
  return parent.id === 'sessions' && field === 'reads' ? readsPlace(path, name) : path;
}

/** Where in a record a sealed value is, and whether that part of it has expired. */
interface Found {
  fields: readonly string[];
  isPast: boolean;
}

const exactlySealed = z.strictObject(sealed.shape);

/** @returns the value itself where `change` changes nothing in it. */
function withSealed(
  value: unknown,
  change: (value: Sealed, found: Found) => Sealed,
  found: Found = { fields: [], isPast: false },
): unknown {
  const isPlain = typeof value === 'object' && value !== null && value.constructor === Object;
  if (!isPlain && !Array.isArray(value)) return value;
  const { data } = exactlySealed.safeParse(value);
  if (data !== undefined) {
    const changed = change(data, found);
    return changed === data ? value : changed;
  }
  const isPast = found.isPast || hasExpired(value);
  const entries = Object.entries(value).map(([name, part]): [string, unknown, unknown] => [
    name,
    part,
    withSealed(part, change, { fields: [...found.fields, name], isPast }),
  ]);
  if (entries.every(([, before, after]) => before === after)) return value;
  const parts = entries.map(([name, , after]): [string, unknown] => [name, after]);
  return Array.isArray(value) ? parts.map(([, after]) => after) : Object.fromEntries(parts);
}

function hasExpired(value: object): boolean {
  const { expireAt, expiresAt, until } = value as Record<string, unknown>;
  return [expireAt, expiresAt, until].some((end) => end instanceof Timestamp && end.toMillis() <= Date.now());
}
