/** The secrets that pass through the tests, noted so that the database can be searched for them when all are done. */
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Firestore } from 'firebase-admin/firestore';
import { PROJECT_ID } from '../local/src/emulators.ts';

/** In JSON answers, in addresses and in cookies. */
const SECRETS = [
  /"(?:access_token|refresh_token|client_secret|apiKey)":"([^"]+)"/g,
  /[?&]code=([\w-]+)/g,
  /__session=([\w.-]+)/g,
];

/** Notes what is secret of a text that a test was answered. */
export function noteSecrets(file: string, text: string): void {
  for (const pattern of SECRETS) {
    for (const [, secret] of text.matchAll(pattern)) appendFileSync(file, `${secret}\n`);
  }
}

/** @throws {Error} when a secret noted in the file stands anywhere in the database. */
export async function searchForSecrets(file: string, firestoreHost: string): Promise<void> {
  const secrets = new Set((await readFile(file, 'utf8')).split('\n').filter((line) => line !== ''));
  const db = new Firestore({ projectId: PROJECT_ID, host: firestoreHost, ssl: false });
  try {
    for (const collection of await db.listCollections()) {
      const { docs } = await collection.get();
      const dump = JSON.stringify(docs.map((document) => [document.ref.path, document.data()]));
      const found = [...secrets].filter((secret) => dump.includes(secret));
      if (found.length > 0) {
        throw new Error(`${collection.id} holds ${found.length} of ${secrets.size} secrets as they are.`);
      }
    }
  } finally {
    await db.terminate();
  }
}
