import { getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

/**
 * After an outage gRPC waits longer and longer before it looks whether Firestore is there again, up to two minutes: as
 * long would calls fail that could be answered.
 */
export const FIRESTORE_SETTINGS = { 'grpc.max_reconnect_backoff_ms': 2_000 };

let opened: Firestore | undefined;

/** The service's Firestore; `FIRESTORE_EMULATOR_HOST` sends it to a local server. */
export function firestore(): Firestore {
  if (opened === undefined) {
    if (!getApps().some(({ name }) => name === '[DEFAULT]')) initializeApp();
    opened = getFirestore();
    opened.settings(FIRESTORE_SETTINGS);
  }
  return opened;
}
