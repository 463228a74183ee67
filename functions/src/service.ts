/** What the parts that answer HTTP are given: settings, database and vault, made once for each process. */
import type { Firestore } from 'firebase-admin/firestore';
import { type Config, config } from './config.ts';
import { remoteSignIns } from './connections/sign-in/remote-sign-ins.ts';
import type { SignInService } from './connections/sign-in/sign-in-service.ts';
import * as logger from './http/logging/logger.ts';
import { lookAfterOpened } from './http/opened-sessions.ts';
import { identityToken } from './keys/identity-token.ts';
import { openKeyRing } from './keys/key-ring.ts';
import { firestore } from './store/database/firestore.ts';
import { Vault } from './store/vault/vault.ts';
import { enqueueNewsOf, enqueueUpkeepOf } from './task-queues.ts';

export interface Service extends Config {
  db: Firestore;
  vault: Vault;
  signIns: SignInService;
  /** Has a task put an owner's news on its way and send it. */
  enqueueNewsOf(ownerUid: string): Promise<void>;
  /** As of `IbkrAccess`. */
  onSessionOpened?(connectionId: string): Promise<void>;
  onAddressPause?(until: number): void;
}

let made: Promise<Service> | undefined;

/**
 * Made at the first call; one that failed is tried anew at the next.
 * @throws {Error} naming the settings that are missing or malformed, or the vault key that cannot be unwrapped.
 */
export function service(): Promise<Service> {
  if (made === undefined) {
    made = make();
    made.catch(() => {
      made = undefined;
    });
  }
  return made;
}

async function make(): Promise<Service> {
  const settings = config();
  const vault = await openVault(settings.vaultKeys);
  const headers = async () => (settings.localMode ? {} : { authorization: await bearer(settings.signInUrl) });
  const signIns = remoteSignIns(vault, settings.signInUrl, headers);
  const onAddressPause = (until: number) =>
    logger.log('address_locked', { until: new Date(until).toISOString() });
  const db = firestore();
  const onSessionOpened = (connectionId: string) => lookAfterOpened(db, connectionId, enqueueUpkeepOf);
  return { ...settings, db, vault, signIns, enqueueNewsOf, onSessionOpened, onAddressPause };
}

async function bearer(audience: string): Promise<string> {
  return `Bearer ${await identityToken(audience)}`;
}

/** @throws {Error} naming the key that cannot be unwrapped. */
export async function openVault(keys: string): Promise<Vault> {
  const ring = await openKeyRing(keys, async (kmsKey, wrapped) => {
    const { kmsDecrypt } = await import('./keys/cloud-kms.ts');
    return kmsDecrypt(kmsKey, wrapped);
  });
  return new Vault(ring);
}
