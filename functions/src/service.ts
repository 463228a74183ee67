/** What the parts that answer HTTP are given: settings, database and vault, made once for each process. */
import type { Firestore } from 'firebase-admin/firestore';
import { type Config, config } from './config.ts';
import { firestore } from './store/firestore.ts';
import { Vault } from './store/vault.ts';

export interface Service extends Config {
  db: Firestore;
  vault: Vault;
}

let made: Service | undefined;

/** @throws {Error} naming the settings that are missing or malformed. */
export function service(): Service {
  if (made === undefined) {
    const settings = config();
    made = { ...settings, db: firestore(), vault: new Vault(settings.vaultKeys) };
  }
  return made;
}
