import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as fc from 'fast-check';
import {
  type DocumentData,
  DocumentReference,
  FieldValue,
  Firestore,
  GeoPoint,
  Timestamp,
} from 'firebase-admin/firestore';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Databases } from './database.ts';
import { startFirestoreServer } from './server.ts';
import { Snapshot, SnapshotError } from './snapshot.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

/** Nearly as much as a document may be. */
const LARGE = 900_000;

let directory: string;
let file: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  // Or Google's library looks for a metadata server first.
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  directory = await mkdtemp(join(tmpdir(), 'firestore-snapshot-'));
  file = join(directory, 'firestore.json');
  cleanups.push(() => rm(directory, { recursive: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function connect(port: number): Firestore {
  const db = new Firestore({ projectId: 'demo-snapshot-test', host: `127.0.0.1:${port}`, ssl: false });
  // Not waited for: a client of a server that was killed goes on trying for minutes.
  cleanups.push(() => void db.terminate());
  return db;
}

/** Starts the server as its own process. */
async function startProcess(): Promise<{ db: Firestore; kill(signal: NodeJS.Signals): Promise<unknown> }> {
  const child = fork(MAIN, ['--file', file], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  cleanups.push(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface(child.stdout), 'line');
  const port = Number(String(line).split(':').at(-1));
  return {
    db: connect(port),
    kill: (signal) => {
      const exit = once(child, 'exit');
      child.kill(signal);
      return exit;
    },
  };
}

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  // Firestore keeps microseconds.
  fc
    .tuple(fc.integer({ min: -62135596800, max: 253402300799 }), fc.integer({ min: 0, max: 999_999 }))
    .map(([seconds, micros]) => new Timestamp(seconds, micros * 1000)),
  fc
    .tuple(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }))
    .map(([latitude, longitude]) => new GeoPoint(latitude, longitude)),
  fc
    .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 8 })
    .map((numbers) => FieldValue.vector(numbers)),
  fc.stringMatching(/^[a-z]{1,8}$/).map((id) => ({ referenceTo: `collection/${id}` })),
);

const fieldName = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9 .`/-]{0,8}$/);
const map = (values: fc.Arbitrary<unknown>) => fc.dictionary(fieldName, values, { maxKeys: 4 });
const value = fc.oneof(scalar, fc.array(fc.oneof(scalar, map(scalar)), { maxLength: 4 }), map(map(scalar)));
const documents = fc.array(map(value), { minLength: 1, maxLength: 5 });

/** The generated data as the Admin SDK takes it: references need a database. */
function toData(generated: unknown, db: Firestore): unknown {
  if (Array.isArray(generated)) return generated.map((item) => toData(item, db));
  if (generated === null || Object.getPrototypeOf(generated) !== Object.prototype) return generated;
  const entries = Object.entries(generated as object);
  const [first] = entries;
  if (first?.[0] === 'referenceTo') return db.doc(first[1]);
  return Object.fromEntries(entries.map(([key, item]) => [key, toData(item, db)]));
}

/** The reverse of {@link toData}. */
function fromData(data: unknown): unknown {
  if (data instanceof DocumentReference) return { referenceTo: data.path };
  if (Array.isArray(data)) return data.map(fromData);
  if (data === null || Object.getPrototypeOf(data) !== Object.prototype) return data;
  return Object.fromEntries(Object.entries(data as object).map(([key, item]) => [key, fromData(item)]));
}

async function readAll(db: Firestore): Promise<unknown[]> {
  const { docs } = await db.collection('collection').orderBy('__name__').get();
  return docs.map((document) => fromData(document.data()));
}

describe('the snapshot', () => {
  it('brings back any document as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (generated) => {
        await rm(file, { force: true });
        const before = await startFirestoreServer({ port: 0, file });
        const db = connect(before.port);
        const batch = db.batch();
        generated.forEach((item, index) => {
          batch.set(db.doc(`collection/d${index}`), toData(item, db) as DocumentData);
        });
        await batch.commit();
        expect(await readAll(db)).toEqual(generated);
        await before.stop();

        const after = await startFirestoreServer({ port: 0, file });
        expect(await readAll(connect(after.port))).toEqual(generated);
        await after.stop();
      }),
      { numRuns: 40 },
    );
  });

  it('keeps each project and the deeper collections, and forgets what was deleted', async () => {
    const first = await startProcess();
    await first.db.doc('a/one/b/two').set({ deep: true });
    await first.db.doc('a/gone').set({});
    await first.db.doc('a/gone').delete();
    await first.kill('SIGTERM');

    const second = await startProcess();
    expect((await second.db.doc('a/one/b/two').get()).data()).toEqual({ deep: true });
    expect((await second.db.collection('a').get()).size).toBe(0);
  });

  it('holds everything that was answered when the process is killed, again and again', async () => {
    const answered = new Map<string, number>();
    for (let life = 0; life < 3; life++) {
      const { db, kill } = await startProcess();
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      const batch = db.batch();
      for (const n of numbers) batch.set(db.doc(`batch${life}/d${n}`), { n });
      await batch.commit();
      for (const n of numbers) answered.set(`batch${life}/d${n}`, n);
      await db.doc(`batch${life}/d0`).delete();
      answered.delete(`batch${life}/d0`);
      const written = numbers.map(async (n) => {
        await db.doc(`single/d${n}`).set({ n: life + n });
        answered.set(`single/d${n}`, life + n);
      });
      await Promise.any(written);
      await kill('SIGKILL');
      // Those that were not answered fail only when their client is ended.
      for (const write of written) write.catch(() => {});
      const next = await startProcess();
      const found = await Promise.all([...answered.keys()].map((path) => next.db.doc(path).get()));
      for (const snapshot of found) {
        const { path } = snapshot.ref;
        const n = snapshot.data()?.n;
        // One that was not answered may be done or not.
        if (path.startsWith('single/')) expect(n).toBeGreaterThanOrEqual(answered.get(path) ?? 0);
        else expect([path, n]).toEqual([path, answered.get(path)]);
      }
      expect((await next.db.doc(`batch${life}/d0`).get()).exists).toBe(false);
      await next.kill('SIGKILL');
    }
  });

  it('is due once as much was committed as there is, in this life or those before, and a save went well', async () => {
    const databases = new Databases();
    const snapshot = new Snapshot(file, databases);
    await snapshot.load();
    const database = await databases.open('projects/demo-snapshot-test/databases/(default)');
    const commit = async (id: string, characters: number) => {
      const name = `${database.name}/documents/a/${id}`;
      const fields = { text: { stringValue: 'x'.repeat(characters) } };
      await database.client.commit({ writes: [{ update: { name, fields } }] });
      snapshot.note(database, [name]);
    };
    await commit('small', 10);
    expect(snapshot.isDue).toBe(false);
    await commit('large', LARGE);
    await commit('other', LARGE);
    expect(snapshot.isDue).toBe(true);
    await mkdir(`${file}.tmp`);
    await expect(snapshot.save()).rejects.toThrow();
    expect(snapshot.isDue).toBe(true);
    await rm(`${file}.tmp`, { recursive: true });
    await snapshot.save();
    expect(snapshot.isDue).toBe(false);

    await commit('third', LARGE);
    expect(snapshot.isDue).toBe(false);
    await commit('fourth', LARGE);
    await commit('fifth', LARGE);
    expect(snapshot.isDue).toBe(true);
    snapshot.close();
    const next = new Snapshot(file, new Databases());
    await next.load();
    cleanups.push(() => next.close());
    expect(next.isDue).toBe(true);
  });

  it('is written while the server runs, and the journal ends', async () => {
    const server = await startFirestoreServer({ port: 0, file });
    cleanups.push(() => server.stop());
    const db = connect(server.port);
    for (const id of ['b', 'c']) await db.doc(`a/${id}`).set({ text: 'x'.repeat(LARGE) });
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('/documents/a/c');
    const journals = async () => (await readdir(directory)).filter((name) => name.includes('.journal-'));
    await expect.poll(journals).toEqual(['firestore.json.journal-2']);
    expect(await readFile(join(directory, 'firestore.json.journal-2'), 'utf8')).toBe('');
  });

  it('is refused with the file name and a way out when damaged, never taken for empty', async () => {
    const server = await startFirestoreServer({ port: 0, file });
    await connect(server.port).doc('a/b').set({ n: 1 });
    await server.stop();
    const whole = await readFile(file, 'utf8');
    const damaged = [
      '',
      whole.slice(0, -10),
      whole.replace('"count":1', '"count":2'),
      whole.replace('snapshot-1', 'snapshot-9'),
      whole.replace('{"integerValue":"1"}', '3'),
      whole.replace('projects/', 'project/'),
    ];
    for (const contents of damaged) {
      await writeFile(file, contents);
      const starting = startFirestoreServer({ port: 0, file });
      await expect(starting, contents).rejects.toThrow(SnapshotError);
      await expect(starting).rejects.toThrow(/firestore\.json cannot be read: .+--fresh/);
    }
  });
});
