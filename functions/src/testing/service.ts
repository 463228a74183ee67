/** Test support: the gateway as its functions are given it. */
import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { ownSignIns } from '../connections/sign-in/own-sign-ins.ts';
import type { Service } from '../service.ts';
import { Vault } from '../store/vault/vault.ts';
import { auditStorage } from './audit.ts';

const SIGN_IN_VAULT = new Vault(`sign-in:${randomBytes(32).toString('base64')}`);
/** One who says nothing. */
export const UNKNOWN_OPERATOR = {
  name: null,
  contact: null,
  termsUrl: null,
  privacyUrl: null,
  statusUrl: null,
};
/** Where it is reached. */
export const ORIGIN = 'https://gateway.example';
/** Where from it is called. */
export const ADDRESS = '203.0.113.7';

/** What the functions of a test have; `more` is what its tests need besides, such as the simulator. */
export function testService(db: Firestore, more: Partial<Service> = {}): Service {
  const { vault } = { ...auditStorage(db), ...more };
  return {
    db,
    vault,
    signIns: ownSignIns({ db, vault, signInVault: SIGN_IN_VAULT }, { localMode: true }),
    sandboxLimits: [],
    publicOrigin: ORIGIN,
    localMode: true,
    callsPerMinute: 100_000,
    auditDays: 90,
    managedSignIn: true,
    allowedEmails: [],
    operatorEmails: [],
    trustedProxies: [],
    operator: UNKNOWN_OPERATOR,
    enqueueNewsOf: async () => {},
    ...more,
  } as Partial<Service> as Service;
}
