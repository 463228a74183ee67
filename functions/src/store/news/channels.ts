/**
 * `channels/{id}`: where an owner's news goes. It also says when the next of its deliveries is to be tried, and how it went
 * lately, so that one that does not answer is asked seldom and holds no other up.
 */
import type { DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { CHANNEL_KINDS, quietHours } from '../../contract/news/channels.ts';
import { isRecordId } from '../../text/record-id.ts';
import { checkVersion } from '../changed-settings.ts';
import { deleteFound } from '../database/delete-found.ts';
import { runTransactionOnce } from '../database/known-commits.ts';
import { type Sealed, sealed, time } from '../database/stored-fields.ts';
import { updateEach } from '../database/update-each.ts';
import type { Vault } from '../vault/vault.ts';

export const storedChannel = z.object({
  ownerUid: z.string(),
  kind: z.enum(CHANNEL_KINDS),
  label: z.string(),
  /** Whose news it is told; null: that of all the owner's connections. */
  connectionId: z.string().nullable(),
  /** Of which types; null: of all. */
  types: z.array(z.string()).nullable(),
  /** When its news waits; null: never. */
  quietHours: quietHours.nullable().default(null),
  /** By what it is confirmed that its news is wanted where it goes, and until when that can be; null: it need not be. */
  confirmation: z.object({ tokenHash: z.string(), expiresAt: time }).nullable().default(null),
  /** Where it goes and what it is signed with, as its kind has it. */
  target: sealed,
  createdAt: time,
  version: z.number(),
  /** When something is to be done for it; null: nothing waits, or it is turned off. */
  dueAt: time.nullable(),
  /** Until when a task works on it; null: none does. */
  heldUntil: time.nullable(),
  /** How many times in a row nothing got through. */
  failures: z.number(),
  failingSince: time.nullable(),
  /** Nothing is sent before, as it did not answer, or asked for time. */
  pausedUntil: time.nullable(),
  /** When messages went lately, of a kind of which only some go in an hour. */
  sentAt: z.array(time).default([]),
  disabledAt: time.nullable(),
  disabledBy: z.enum(['owner', 'gateway']).nullable(),
});

/** A way to tell an owner of news. */
export type Channel = z.output<typeof storedChannel> & { id: string };

/** What an app subscribed to: kept here too, for it is told in the same way. Its label is the app's name. */
const storedSubscription = storedChannel.extend({
  kind: z.literal('app'),
  connectionId: z.string(),
  types: z.array(z.string()).length(1),
  /** The key or grant that it lives by. */
  source: z.enum(['api_key', 'oauth']),
  credentialId: z.string(),
  /** Unless the app subscribes again. */
  expiresAt: time,
});
export type Subscription = z.output<typeof storedSubscription> & { id: string };

const anyChannel = z.discriminatedUnion('kind', [storedChannel, storedSubscription]);
/** Of an owner, or of an app of theirs. */
export type AnyChannel = Channel | Subscription;

/** The owner has as many channels as they may. */
export class TooManyChannels extends Error {
  override readonly name = 'TooManyChannels';
}

const MOST_CHANNELS = 20;

/** Null also for a subscription of an app. */
function channelFrom(snapshot: DocumentSnapshot): Channel | null {
  const channel = anyChannelFrom(snapshot);
  return channel?.kind === 'app' ? null : channel;
}

/** The channel or subscription in a snapshot of `channels/{id}`, or null if there is none. */
export function anyChannelFrom(snapshot: DocumentSnapshot): AnyChannel | null {
  return snapshot.exists ? { id: snapshot.id, ...anyChannel.parse(snapshot.data()) } : null;
}

export function sealTarget(vault: Vault, path: string, target: object): Sealed {
  return vault.seal(path, Buffer.from(JSON.stringify(target)));
}

/** Where a channel goes, as its kind put it there. */
export function openTarget(vault: Vault, { id, target }: Pick<AnyChannel, 'id' | 'target'>): unknown {
  return JSON.parse(Buffer.from(vault.open(`channels/${id}`, target)).toString());
}

/**
 * Makes a channel.
 * @throws {TooManyChannels}
 */
export async function createChannel(
  db: Firestore,
  vault: Vault,
  fields: Pick<Channel, 'ownerUid' | 'kind' | 'label' | 'connectionId' | 'types'> &
    Partial<Pick<Channel, 'quietHours' | 'confirmation'>>,
  target: object,
): Promise<Channel> {
  const record = db.collection('channels').doc();
  const stored = {
    quietHours: null,
    confirmation: null,
    ...fields,
    target: sealTarget(vault, record.path, target),
    createdAt: new Date(),
    version: 1,
    dueAt: null,
    heldUntil: null,
    failures: 0,
    failingSince: null,
    pausedUntil: null,
    sentAt: [],
    disabledAt: null,
    disabledBy: null,
  };
  const owned = db.collection('connections').where('ownerUid', '==', fields.ownerUid).select();
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const { docs } = await transaction.get(channelsOf(db, fields.ownerUid).select('kind'));
    const connections = await transaction.get(owned);
    if (docs.filter((one) => one.get('kind') !== 'app').length >= MOST_CHANNELS) {
      throw new TooManyChannels(`Nobody may have more than ${MOST_CHANNELS} channels. Remove one first.`);
    }
    transaction.set(record, { ...stored, ...mark });
    for (const { ref } of connections.docs) transaction.update(ref, { hasChannels: true });
    return { id: record.id, ...stored };
  });
}

/** Whether an owner, or an app of theirs, has any channel. */
export async function hasChannels(db: Firestore, ownerUid: string): Promise<boolean> {
  return !(await channelsOf(db, ownerUid).limit(1).select().get()).empty;
}

/** The channels of an owner and of their apps. */
export function channelsOf(db: Firestore, ownerUid: string) {
  return db.collection('channels').where('ownerUid', '==', ownerUid);
}

/** All by which news of an owner goes out, those of their apps included. */
export async function listAllChannels(db: Firestore, ownerUid: string): Promise<AnyChannel[]> {
  const { docs } = await channelsOf(db, ownerUid).get();
  return docs.map(anyChannelFrom).filter((channel) => channel !== null);
}

/** All channels of an owner, oldest first. */
export async function listChannels(db: Firestore, ownerUid: string): Promise<Channel[]> {
  const { docs } = await channelsOf(db, ownerUid).get();
  return docs
    .map(channelFrom)
    .filter((channel) => channel !== null)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** The owner's channel of that id; null when there is none or it is somebody else's. */
export async function findChannel(db: Firestore, ownerUid: string, id: string): Promise<Channel | null> {
  const channel = isRecordId(id) ? channelFrom(await db.collection('channels').doc(id).get()) : null;
  return channel?.ownerUid === ownerUid ? channel : null;
}

/** What the owner may change of a channel. */
export type ChannelSettings = Pick<
  Channel,
  'label' | 'connectionId' | 'types' | 'quietHours' | 'confirmation' | 'disabledAt'
> & {
  target?: object;
};

/** A channel before and after a change. */
export interface ChangedChannel {
  before: Channel;
  after: Channel;
}

/**
 * Changes a channel. One that is turned on, or goes elsewhere, begins anew, with what still waits.
 * @param terms.known The version that the change was made from.
 * @param terms.check Throws to refuse it.
 * @returns null when there is no such channel.
 * @throws {ChangedElsewhere} or what the check throws.
 */
export function updateChannel(
  { db, vault }: { db: Firestore; vault: Vault },
  id: string,
  { target, ...settings }: Partial<ChannelSettings>,
  { known, check }: { known?: number | undefined; check?: (before: Channel, after: Channel) => void } = {},
): Promise<ChangedChannel | null> {
  const record = db.collection('channels').doc(id);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const before = channelFrom(await transaction.get(record));
    if (before === null) return null;
    checkVersion(before, known);
    const isRenewed = target !== undefined || (before.disabledAt !== null && settings.disabledAt === null);
    const isOff = (settings.disabledAt ?? null) !== null;
    const after: Channel = {
      ...before,
      ...settings,
      ...(target !== undefined && { target: sealTarget(vault, record.path, target) }),
      ...(isRenewed && { dueAt: new Date(), failures: 0, failingSince: null, pausedUntil: null }),
      ...(settings.disabledAt !== undefined && { disabledBy: isOff ? ('owner' as const) : null }),
      ...(isOff && { dueAt: null }),
      version: before.version + 1,
    };
    check?.(before, after);
    const { id: _, ...stored } = after;
    transaction.set(record, { ...stored, ...mark });
    return { before, after };
  });
}

/** A channel, whoever's it is; null where there is none. */
export async function findAnyChannel(db: Firestore, id: string): Promise<Channel | null> {
  return isRecordId(id) ? channelFrom(await db.collection('channels').doc(id).get()) : null;
}

/**
 * Confirms that a channel's news is wanted where it goes.
 * @returns null where this token confirms nothing, or not any more.
 */
export function confirmChannel(
  db: Firestore,
  id: string,
  tokenHash: string,
  now: Date,
): Promise<Channel | null> {
  const record = db.collection('channels').doc(id);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const channel = channelFrom(await transaction.get(record));
    const confirmation = channel?.confirmation ?? null;
    if (channel === null || confirmation === null) return null;
    if (confirmation.tokenHash !== tokenHash || confirmation.expiresAt <= now) return null;
    const confirmed = { confirmation: null, version: channel.version + 1 };
    transaction.update(record, { ...confirmed, ...mark });
    return { ...channel, ...confirmed };
  });
}

/** Removes a channel with its deliveries. */
export async function deleteChannel(db: Firestore, id: string): Promise<void> {
  await db.collection('channels').doc(id).delete();
  await deleteFound(db.collection('deliveries').where('channelId', '==', id));
}

/**
 * Gives the channels for which something is to be done to whoever calls, the longest overdue first.
 * @param limit How many at most. Where fewer are answered, there are no more.
 * @param again When they are given to others if nobody has worked on them by then: a task may be lost.
 * @returns their ids.
 */
export async function takeDueChannels(
  db: Firestore,
  now: Date,
  limit: number,
  again: Date,
): Promise<string[]> {
  const due = db.collection('channels').where('dueAt', '<=', now).orderBy('dueAt').limit(limit);
  const { docs } = await due.select().get();
  await setDue(
    db,
    docs.map(({ id }) => id),
    again,
  );
  return docs.map(({ id }) => id);
}

/** Has something done for channels by so and so; those that are gone stay gone. */
export async function setDue(db: Firestore, ids: readonly string[], dueAt: Date): Promise<void> {
  await updateEach(
    db,
    ids.map((id) => ({ record: db.collection('channels').doc(id), fields: { dueAt } })),
  );
}

/**
 * Begins to work on a channel: nobody else does until then.
 * @returns null where there is nothing to do: it is gone, off, paused, or another task's.
 */
export function holdChannel(db: Firestore, id: string, now: Date, until: Date): Promise<AnyChannel | null> {
  const record = db.collection('channels').doc(id);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const channel = anyChannelFrom(await transaction.get(record));
    if (channel === null || channel.disabledAt !== null || channel.confirmation !== null) return null;
    const { heldUntil, pausedUntil } = channel;
    if (heldUntil !== null && heldUntil > now) return null;
    if (pausedUntil !== null && pausedUntil > now) {
      transaction.update(record, { dueAt: pausedUntil, ...mark });
      return null;
    }
    // Due again by then, should this task be lost.
    transaction.update(record, { heldUntil: until, dueAt: until, ...mark });
    return { ...channel, heldUntil: until };
  });
}

/** How a channel stands after a task has worked on it. */
export type ChannelHealth = Pick<
  Channel,
  'dueAt' | 'failures' | 'failingSince' | 'pausedUntil' | 'sentAt'
> & {
  /** The gateway turns it off. */
  disabledAt: Date | null;
};

/**
 * Ends the work on a channel. News that came meanwhile has it due at once.
 * @param heldUntil As it was begun with: whoever lost it meanwhile changes nothing.
 * @returns whether news came meanwhile.
 */
export function releaseChannel(
  db: Firestore,
  id: string,
  heldUntil: Date,
  { dueAt, disabledAt, ...health }: ChannelHealth,
): Promise<boolean> {
  const record = db.collection('channels').doc(id);
  return db.runTransaction(async (transaction) => {
    const channel = anyChannelFrom(await transaction.get(record));
    if (channel?.heldUntil?.getTime() !== heldUntil.getTime()) return false;
    const isOff = disabledAt !== null || channel.disabledAt !== null;
    const hasNews = !isOff && channel.dueAt?.getTime() !== heldUntil.getTime();
    const next = hasNews ? (health.pausedUntil ?? new Date()) : dueAt;
    transaction.update(record, {
      ...health,
      heldUntil: null,
      dueAt: isOff ? null : next,
      ...(disabledAt !== null && { disabledAt, disabledBy: 'gateway', version: channel.version + 1 }),
    });
    return hasNews && health.pausedUntil === null;
  });
}
