/** The secrets that pass through the tests, noted so that the database can be searched for them when all are done. */
import { appendFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CollectionReference, Firestore } from 'firebase-admin/firestore';
import { PROJECT_ID } from '../local/src/emulators.ts';

/** Shorter ones, as tests make them up for forms that are refused, stand in many a text by chance. */
const LEAST_CHARACTERS = 8;
/** What an answer says of a field that is named like a secret. */
const FAULT_OF_FIELD = 'Invalid input';
/** Enough to see which record a secret stands in. */
const AROUND_CHARACTERS = 400;

const SECRETS = [
  // Of JSON, as it is written there: a key in PEM has escaped ends of lines, here as in the dump.
  /"(?:access_token|refresh_token|client_secret)":"([^"]+)"/g,
  // A key of ours: Firebase's, which the pages are told, is not secret.
  /"apiKey":"(ibkr_[^"]+)"/g,
  /"(?:accessToken|accessTokenSecret|signatureKey|encryptionKey)":"([^"]+)"/g,
  /"(?:password|totpSecret)":"([^"]+)"/g,
  // Where a browser is reached.
  /"endpoint":"([^"]+)"/g,
  // Of forms and addresses.
  /(?:^|[?&])(?:code|code_verifier|refresh_token|client_secret|token)=([\w-]+)/g,
  /__session=([\w.-]+)/g,
  /\bBearer ([\w.~+/=-]{20,})/g,
];
/** What a connection sends to its gateway with every request. */
const GATEWAY_HEADERS = /"headers":\{([^}]*)\}/g;
const HEADER_VALUE = /:"([^"]+)"/g;

/** What people entered to sign in to IBKR with, in this process. */
const entered = new Set<string>();
const ENTERED = /"(?:password|totpSecret)":"([^"]+)"/g;
/** Cookies of a session at IBKR, and what a device is known by there. */
const COOKIES = ['XYZAB', 'JSESSIONID', 'SBID'];
/** As they stand in text, in JSON and in JSON in a text: four letters alone stand in what is sealed by chance. */
const COOKIE_FORMS = COOKIES.flatMap((name) => [`${name}=`, `"${name}"`, `\\"${name}\\"`]);

/** @throws {Error} for an answer that tells what somebody entered. */
export function assertTellsNothingEntered(answer: string): void {
  const told = [...entered].find((secret) => answer.includes(secret));
  if (told !== undefined) throw new Error(`An answer tells what was entered:\n${excerpt(answer, told)}`);
}

/** Notes what is secret of a text that a test sent. */
export function noteSent(file: string, text: string): void {
  for (const [, secret = ''] of text.matchAll(ENTERED)) {
    if (secret.length >= LEAST_CHARACTERS) entered.add(secret);
  }
  noteSecrets(file, text);
}

/** Notes what is secret of a text that a test sent or was answered. */
export function noteSecrets(file: string, text: string): void {
  const headers = [...text.matchAll(GATEWAY_HEADERS)].flatMap(([, fields = '']) => [
    ...fields.matchAll(HEADER_VALUE),
  ]);
  const found = [...SECRETS.flatMap((pattern) => [...text.matchAll(pattern)]), ...headers];
  for (const [, secret = ''] of found) {
    const isSecret = secret.length >= LEAST_CHARACTERS && !secret.startsWith(FAULT_OF_FIELD);
    if (isSecret) appendFileSync(file, `${secret}\n`);
  }
}

/** Where secrets could have come to stand. */
interface Places {
  /** `host:port`. */
  firestore: string;
  /** The simulator, `host:port`, which knows the codes that it sent. */
  simulator: string;
  /** Where all processes of the stack log. */
  logs: string;
}

/**
 * @throws {Error} when a secret noted in the file, a code that IBKR sent or a cookie of a session there stands anywhere in
 * the database or a log; also where no secret was noted, or there is nothing to search.
 */
export async function searchForSecrets(file: string, { firestore, simulator, logs }: Places): Promise<void> {
  const noted = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  if (noted.length === 0) throw new Error('No secret was noted: the search would find none.');
  const secrets = new Set([...noted, ...COOKIE_FORMS, ...(await codesSentBy(simulator))]);
  const db = new Firestore({ projectId: PROJECT_ID, host: firestore, ssl: false });
  try {
    const [logged, stored] = [await logsIn(logs), await dumps(await db.listCollections())];
    if (stored.length === 0) throw new Error('The database is empty: the search would find nothing.');
    for (const [place, dump] of [...logged, ...stored]) {
      const found = [...secrets].filter((secret) => dump.includes(secret));
      if (found.length > 0) {
        const where = found.map((secret) => excerpt(dump, secret)).join('\n');
        throw new Error(`${place} holds ${found.length} of ${secrets.size} secrets as they are:\n${where}`);
      }
    }
  } finally {
    await db.terminate();
  }
}

/** What each process of the stack logged, and what it put aside. */
async function logsIn(directory: string): Promise<[place: string, text: string][]> {
  const files = (await readdir(directory)).filter((name) => /\.log(\.before)?$/.test(name));
  const texts = await Promise.all(
    files.map(
      async (name): Promise<[string, string]> => [
        `The log ${name}`,
        await readFile(join(directory, name), 'utf8'),
      ],
    ),
  );
  if (texts.every(([, text]) => text === ''))
    throw new Error('There are no logs: the search would find nothing.');
  return texts;
}

/** As they would stand in JSON: six digits alone stand in many a number. */
async function codesSentBy(simulator: string): Promise<string[]> {
  const answer = (await (await fetch(`http://${simulator}/sim/sign-ins`)).json()) as {
    byUser: Record<string, { sent: { code: string }[] }>;
  };
  return Object.values(answer.byUser).flatMap(({ sent }) => sent.map(({ code }) => `"${code}"`));
}

/** What stands around a secret, which is one of these tests' own. */
function excerpt(dump: string, secret: string): string {
  const at = dump.indexOf(secret);
  return dump.slice(Math.max(0, at - AROUND_CHARACTERS), at + secret.length + AROUND_CHARACTERS);
}

/** Each collection's documents as text, and those of the collections below them. */
async function dumps(collections: CollectionReference[]): Promise<[place: string, dump: string][]> {
  const all: [string, string][] = [];
  for (const collection of collections) {
    const { docs } = await collection.get();
    all.push([collection.path, JSON.stringify(docs.map((document) => [document.ref.path, document.data()]))]);
    // Also below documents that are gone.
    const places = await collection.listDocuments();
    const below = await Promise.all(places.map((place) => place.listCollections()));
    all.push(...(await dumps(below.flat())));
  }
  return all;
}
