/** `deployment/pushKeys`: the key pair by which push services know this deployment (VAPID, RFC 8292). */
import type { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { perDatabase } from '../database/per-database.ts';
import { sealed } from '../database/stored-fields.ts';
import type { Vault } from '../vault/vault.ts';

/** In base64url, as browsers and push services take them. */
const keyPair = z.object({ publicKey: z.string(), privateKey: z.string() });
export type PushKeys = z.output<typeof keyPair>;

const known = perDatabase((): { keys?: Promise<PushKeys> } => ({}));

/**
 * The key pair; made when it is first asked for, and the same from then on: browsers that were subscribed by another are
 * not reached any more.
 */
export function pushKeys(db: Firestore, vault: Vault, make: () => Promise<PushKeys>): Promise<PushKeys> {
  const kept = known(db);
  if (kept.keys === undefined) {
    const keys = readOrMake(db, vault, make);
    keys.catch(() => {
      delete kept.keys;
    });
    kept.keys = keys;
  }
  return kept.keys;
}

async function readOrMake(db: Firestore, vault: Vault, make: () => Promise<PushKeys>): Promise<PushKeys> {
  const record = db.doc('deployment/pushKeys');
  return db.runTransaction(async (transaction) => {
    const found = await transaction.get(record);
    if (found.exists) {
      const opened = vault.open(record.path, sealed.parse(found.get('keys')));
      return keyPair.parse(JSON.parse(Buffer.from(opened).toString()));
    }
    const made = await make();
    transaction.set(record, { keys: vault.seal(record.path, Buffer.from(JSON.stringify(made))) });
    return made;
  });
}
