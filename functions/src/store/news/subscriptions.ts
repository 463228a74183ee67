/** Channels of apps: what an app subscribed to, by its key or grant, until it expires or that ends. */
import type { Firestore } from 'firebase-admin/firestore';
import { type Credential, hasAccessEnded } from '../credentials/credentials.ts';
import { runTransactionOnce } from '../database/known-commits.ts';
import type { Vault } from '../vault/vault.ts';
import { anyChannelFrom, channelsOf, deleteChannel, type Subscription, sealTarget } from './channels.ts';

/** Of one key or grant. */
export const MOST_SUBSCRIPTIONS = 20;
export const MOST_OF_AN_OWNER = 100;

/** A key or grant, or its owner, has as many subscriptions as they may. */
export class TooManySubscriptions extends Error {
  override readonly name = 'TooManySubscriptions';
}

type Of = Pick<Credential, 'id' | 'source' | 'label' | 'ownerUid' | 'connectionId'>;

/** What is kept of an app's subscription besides how it goes. */
export interface SubscriptionTerms {
  /** The same for the same app, place and event. */
  id: string;
  credential: Of;
  type: string;
  expiresAt: Date;
  target: object;
}

/**
 * Makes a subscription, or renews it: what still waits is then tried again at once.
 * @throws {TooManySubscriptions}
 */
export function saveSubscription(
  { db, vault }: { db: Firestore; vault: Vault },
  { id, credential, type, expiresAt, target }: SubscriptionTerms,
): Promise<Subscription> {
  const record = db.collection('channels').doc(id);
  const { ownerUid, connectionId, label, source } = credential;
  const sealed = sealTarget(vault, record.path, target);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const { docs } = await transaction.get(channelsOf(db, ownerUid));
    const now = new Date();
    const apps = docs.map(anyChannelFrom).filter((one) => one?.kind === 'app');
    const before = apps.find((one) => one.id === id);
    if (before === undefined) {
      refuseMore(
        apps.filter((one) => one.expiresAt > now),
        credential.id,
      );
    }
    const { createdAt, heldUntil, version } = before ?? { createdAt: now, heldUntil: null, version: 0 };
    const subscription: Subscription = {
      ...{ id, kind: 'app', ownerUid, connectionId, label, source, credentialId: credential.id },
      ...{ types: [type], quietHours: null, confirmation: null, sentAt: [], target: sealed, expiresAt },
      ...{ createdAt, heldUntil, version: version + 1 },
      ...{ failures: 0, failingSince: null, pausedUntil: null, disabledAt: null, disabledBy: null },
      dueAt: before === undefined ? expiresAt : now,
    };
    const { id: _, ...stored } = subscription;
    transaction.set(record, { ...stored, ...mark });
    transaction.update(db.collection('connections').doc(connectionId), { hasChannels: true });
    return subscription;
  });
}

function refuseMore(others: readonly Subscription[], credentialId: string): void {
  const own = others.filter((one) => one.credentialId === credentialId);
  if (own.length < MOST_SUBSCRIPTIONS && others.length < MOST_OF_AN_OWNER) return;
  throw new TooManySubscriptions();
}

/** What the apps of an owner are subscribed to, as far as it has not expired. */
export async function listSubscriptions(db: Firestore, ownerUid: string, now: Date): Promise<Subscription[]> {
  const { docs } = await channelsOf(db, ownerUid).where('kind', '==', 'app').get();
  return docs
    .map(anyChannelFrom)
    .filter((one) => one?.kind === 'app')
    .filter(({ expiresAt }) => expiresAt > now);
}

/** What a key or grant is subscribed to, as far as it has not expired. */
export async function listSubscriptionsOf(
  db: Firestore,
  { id, ownerUid }: Pick<Credential, 'id' | 'ownerUid'>,
  now: Date,
): Promise<Subscription[]> {
  return (await listSubscriptions(db, ownerUid, now)).filter((one) => one.credentialId === id);
}

/** Why a subscription is over: it has expired, or what it lives by has ended. Null: it is not. */
export async function subscriptionEnd(
  db: Firestore,
  { source, credentialId, expiresAt }: Subscription,
  now: Date,
): Promise<'expired' | 'access ended' | null> {
  if (expiresAt <= now) return 'expired';
  return (await hasAccessEnded(db, { source, id: credentialId }, now)) ? 'access ended' : null;
}

export const endSubscription = deleteChannel;
