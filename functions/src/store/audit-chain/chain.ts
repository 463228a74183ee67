/**
 * The chain that the audit records of a connection make: each holds its place in it, the hash of the one before, and
 * its own hash over all that it says. Hashes are HMACs (RFC 2104, SHA-256) under a key that the database holds only
 * sealed: who can write the database, and nothing else, can make no record that fits.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { type DocumentData, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';

/** Whose acts a chain holds: those on a connection, or of a person where they are about no connection. */
export interface ChainOf {
  ownerUid: string;
  /** Empty: of no connection. */
  connectionId: string;
}

/** Begins the id of a person's chain. */
export const USER_CHAIN = 'user-';

export function chainId({ ownerUid, connectionId }: ChainOf): string {
  return connectionId === '' ? `${USER_CHAIN}${ownerUid}` : connectionId;
}

const SEQUENCE_DIGITS = 10;
const RECORD_ID = new RegExp(String.raw`^(.+)-(\d{${SEQUENCE_DIGITS}})$`, 's');

/** Ids of a chain's records are in the order of the chain. */
export function recordIdOf(chain: string, sequence: number): string {
  return `${chain}-${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** Null for a record of before there were chains, or one that is none of ours. */
export function placeOf(id: string): { chain: string; sequence: number } | null {
  const [, chain, sequence] = RECORD_ID.exec(id) ?? [];
  return chain === undefined ? null : { chain, sequence: Number(sequence) };
}

/** What every record has besides what it tells. */
const stamp = z.instanceof(Timestamp);
export const link = z.object({
  /** Counted from 1, without a gap. */
  sequence: z.number(),
  /** The hash of the one before; null in the first one. */
  previous: z.string().nullable(),
  /**
   * When the one before expires: until then it has to be there. No record expires before an earlier one, so that what
   * is missing before this one has expired if that has.
   */
  previousExpireAt: stamp.nullable(),
  /** True: whoever wrote it found the end of the chain gone or changed, and went on as well as they could. */
  afterLoss: z.boolean(),
  keyId: z.string(),
  expireAt: stamp,
  hash: z.string(),
});
export type Link = z.output<typeof link>;

/** Where a chain ends: what is known of its last record. */
export interface ChainEnd {
  sequence: number;
  hash: string;
  expireAt: Timestamp;
}

/** Where a chain ends, as kept in `auditChains/{chain}` and changed together with each record. */
export const storedHead = z.object({
  ownerUid: z.string(),
  connectionId: z.string(),
  sequence: z.number(),
  hash: z.string(),
  lastExpireAt: stamp,
  /** Records of before have no place in it. */
  begunAt: stamp,
  keyId: z.string(),
  expireAt: stamp,
  mac: z.string(),
});
export type Head = z.output<typeof storedHead>;

export function recordHash(key: KeyObject, id: string, { hash: _, ...record }: DocumentData): string {
  return hmac(key, ['audit record', id, canonical(record)]);
}

export function headMac(key: KeyObject, chain: string, { mac: _, ...head }: DocumentData): string {
  return hmac(key, ['audit chain', chain, canonical(head)]);
}

function hmac(key: KeyObject, content: unknown[]): string {
  return createHmac('sha256', key).update(JSON.stringify(content)).digest('hex');
}

/** A value with its type, so that two that differ in the database never look alike; fields in order. */
function canonical(value: unknown): unknown {
  if (value instanceof Date) return canonical(Timestamp.fromDate(value));
  if (value instanceof Timestamp) return ['time', value.seconds, value.nanoseconds];
  if (Array.isArray(value)) return ['list', ...value.map(canonical)];
  if (typeof value === 'number') return ['number', String(value)];
  if (typeof value !== 'object' || value === null) return value;
  // Other things than these we never store.
  if (Object.getPrototypeOf(value) !== Object.prototype) return ['other', value.constructor.name];
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return ['map', ...fields.map(([name, field]) => [name, canonical(field)])];
}
