/** `unfinishedSignIns/{connectionId}`: a sign-in to IBKR that waits for a code or a yes of the connection's owner. */

import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { milliseconds, sealed } from './database/stored-fields.ts';
import type { Vault } from './vault/vault.ts';

const stored = z.object({ state: sealed, expireAt: milliseconds });

/** As long as a code holds, or a person looks for their phone. */
const KEPT_MS = 5 * 60_000;

/** @param vault Of passwords: with what waits and a code, one is signed in. */
export function unfinishedSignIn(db: Firestore, vault: Vault, connectionId: string) {
  const record = db.collection('unfinishedSignIns').doc(connectionId);
  return {
    async read(): Promise<Uint8Array | null> {
      const { data } = stored.safeParse((await record.get()).data());
      return data === undefined || data.expireAt <= Date.now() ? null : vault.open(record.path, data.state);
    },
    /** @param state Null: it is over. */
    async write(state: Uint8Array | null): Promise<void> {
      if (state === null) await record.delete();
      else {
        const expireAt = Timestamp.fromMillis(Date.now() + KEPT_MS);
        await record.set({ connectionId, state: vault.seal(record.path, state), expireAt });
      }
    },
  };
}
