/** Test support: the gateway as its functions are given it. */
import type { Firestore } from 'firebase-admin/firestore';
import type { Service } from '../service.ts';
import { auditStorage } from './audit.ts';

/** Where it is reached. */
export const ORIGIN = 'https://gateway.example';
/** Where from it is called. */
export const ADDRESS = '203.0.113.7';

/** What the functions of a test have; `more` is what its tests need besides, such as the simulator. */
export function testService(db: Firestore, more: Partial<Service> = {}): Service {
  return {
    ...auditStorage(db),
    sandboxLimits: [],
    publicOrigin: ORIGIN,
    localMode: true,
    callsPerMinute: 100_000,
    auditDays: 90,
    managedSignIn: true,
    allowedEmails: [],
    trustedProxies: [],
    ...more,
  } as Partial<Service> as Service;
}
