import { getApps, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';

/** One request to Firestore takes no longer, nor do those that repeat it. Its client has 1 to 5 minutes, and 10. */
const REQUEST_MS = 10_000;
const REPETITIONS_MS = 15_000;
const REQUESTS = [
  'BatchGetDocuments',
  'BatchWrite',
  'BeginTransaction',
  'Commit',
  'ListCollectionIds',
  'ListDocuments',
  'Rollback',
  'RunAggregationQuery',
  'RunQuery',
];
const bounded = {
  initial_retry_delay_millis: 100,
  retry_delay_multiplier: 1.3,
  max_retry_delay_millis: 2_000,
  initial_rpc_timeout_millis: REQUEST_MS,
  rpc_timeout_multiplier: 1,
  max_rpc_timeout_millis: REQUEST_MS,
  total_timeout_millis: REPETITIONS_MS,
};
const request = { timeout_millis: REQUEST_MS, retry_params_name: 'bounded' };

/**
 * After an outage gRPC waits longer and longer before it looks whether Firestore is there again, up to two minutes: as
 * long would calls fail that could be answered. And what several calls wait for together, such as a session that is being
 * opened, must not wait for an answer that never comes.
 */
export const FIRESTORE_SETTINGS = {
  'grpc.max_reconnect_backoff_ms': 2_000,
  clientConfig: {
    interfaces: {
      'google.firestore.v1.Firestore': {
        retry_params: { bounded },
        methods: Object.fromEntries(REQUESTS.map((name) => [name, request])),
      },
    },
  },
};

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
