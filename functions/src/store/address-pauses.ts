/**
 * `deployment/addressPause`: what the instances tell each other of the address that their requests to IBKR leave by, for the
 * broker's `AddressPauses`, which this matches in form.
 */
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { z } from 'zod';
import { milliseconds } from './database/stored-fields.ts';

const storedPause = z.object({ since: milliseconds, until: milliseconds });

/** Times are milliseconds since 1970. */
interface AddressPause {
  since: number;
  until: number;
}

export function addressPauses(db: Firestore) {
  const record = db.doc('deployment/addressPause');
  return {
    async read(): Promise<AddressPause | null> {
      return storedPause.nullable().parse((await record.get()).data() ?? null);
    },
    async write({ since, until }: AddressPause): Promise<void> {
      await record.set({ since: Timestamp.fromMillis(since), until: Timestamp.fromMillis(until) });
    },
  };
}
