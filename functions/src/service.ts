/** What the parts that answer HTTP are given: settings, database and vault, made once for each process. */
import type { Firestore } from 'firebase-admin/firestore';
import { type Config, config } from './config.ts';
import { openKeyRing } from './key-ring.ts';
import { firestore } from './store/database/firestore.ts';
import { Vault } from './store/vault/vault.ts';

export interface Service extends Config {
  db: Firestore;
  vault: Vault;
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
  const ring = await openKeyRing(settings.vaultKeys, async (kmsKey, wrapped) => {
    const { kmsDecrypt } = await import('./cloud-kms.ts');
    return kmsDecrypt(kmsKey, wrapped);
  });
  return { ...settings, db: firestore(), vault: new Vault(ring) };
}
