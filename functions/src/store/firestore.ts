import { getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

/** The service's Firestore; `FIRESTORE_EMULATOR_HOST` sends it to a local server. */
export function firestore(): Firestore {
  if (!getApps().some(({ name }) => name === '[DEFAULT]')) initializeApp();
  return getFirestore();
}
