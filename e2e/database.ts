/** The stack's Firestore, for looking at what the service stored and for making keys as the console will. */
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { vi } from 'vitest';
import { PROJECT_ID } from '../local/src/emulators.ts';
import { demo } from './own-stack.ts';

let opened: Firestore | undefined;

export function database(): Firestore {
  if (opened === undefined) {
    vi.stubEnv('FIRESTORE_EMULATOR_HOST', demo().firestoreEmulator);
    opened = getFirestore(initializeApp({ projectId: PROJECT_ID }));
  }
  return opened;
}
