import { deleteApp, initializeApp } from 'firebase-admin/app';
import {
  AggregateField,
  FieldPath,
  FieldValue,
  type Firestore,
  getFirestore,
  type QuerySnapshot,
} from 'firebase-admin/firestore';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FirestoreServer, startFirestoreServer } from './server.ts';
import { weakStorage } from './weak-storage.ts';

let server: FirestoreServer;
let db: Firestore;
let collections = 0;

/** A collection no other test uses. */
const freshCollection = () => db.collection(`collection-${++collections}`);

const storage = weakStorage();

beforeAll(async () => {
  server = await startFirestoreServer({ port: 0, interceptors: [storage.interceptor] });
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${server.port}`);
  db = getFirestore(initializeApp({ projectId: 'demo-server-test' }));
  afterAll(async () => {
    await db.terminate();
    await server.stop();
    vi.unstubAllEnvs();
  });
});

describe('documents', () => {
  it('are set, merged, updated by path and deleted', async () => {
    const document = freshCollection().doc('one');
    await document.set({ kept: 1, nested: { a: 1, b: 2 } });
    await document.set({ added: true }, { merge: true });
    await document.update({ 'nested.b': FieldValue.delete(), 'nested.c': 3 });
    expect((await document.get()).data()).toEqual({ kept: 1, added: true, nested: { a: 1, c: 3 } });

    await document.delete();
    expect((await document.get()).exists).toBe(false);
  });

  it('are transformed by the server', async () => {
    const document = freshCollection().doc('one');
    await document.set({ count: 1, tags: ['a', 'b'] });
    const { writeTime } = await document.update({
      count: FieldValue.increment(2.5),
      tags: FieldValue.arrayUnion('b', 'c'),
      at: FieldValue.serverTimestamp(),
    });
    await document.update({ tags: FieldValue.arrayRemove('a') });
    expect((await document.get()).data()).toEqual({ count: 3.5, tags: ['b', 'c'], at: writeTime });
  });

  it('are read many at a time, the missing ones too', async () => {
    const collection = freshCollection();
    await collection.doc('there').set({ a: 1 });
    const [there, missing] = await db.getAll(collection.doc('there'), collection.doc('missing'));
    expect(there?.data()).toEqual({ a: 1 });
    expect(missing?.exists).toBe(false);
  });

  it('are listed with their collections, parents that do not exist themselves included', async () => {
    const collection = freshCollection();
    await collection.doc('b').collection('inner').doc('x').set({});
    await collection.doc('a').set({});
    expect((await collection.listDocuments()).map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await collection.doc('b').listCollections()).map(({ id }) => id)).toEqual(['inner']);
  });

  it('live apart in each project', async () => {
    const other = initializeApp({ projectId: 'demo-other-project' }, 'other');
    const document = freshCollection().doc('one');
    await document.set({ a: 1 });
    expect((await getFirestore(other).doc(document.path).get()).exists).toBe(false);
    await deleteApp(other);
  });
});

describe('queries', () => {
  it('filter, order, page, project and reach into collection groups', async () => {
    const collection = freshCollection();
    const batch = db.batch();
    for (let n = 0; n < 10; n++) batch.set(collection.doc(`d${n}`), { n, even: n % 2 === 0, secret: 'x' });
    batch.set(collection.doc('d0').collection('deep').doc('x'), { n: 100 });
    await batch.commit();

    const page = collection.where('even', '==', true).orderBy('n', 'desc').startAfter(8).limit(2);
    expect((await page.get()).docs.map(({ id }) => id)).toEqual(['d6', 'd4']);
    expect((await collection.where('n', 'in', [1, 7]).get()).size).toBe(2);
    expect((await collection.where(FieldPath.documentId(), '>=', 'd8').get()).size).toBe(2);
    expect((await collection.limit(1).select('n').get()).docs[0]?.data()).toEqual({ n: 0 });
    expect((await db.collectionGroup('deep').get()).docs[0]?.get('n')).toBe(100);
  });

  it('aggregate', async () => {
    const collection = freshCollection();
    await Promise.all([1, 2, 6].map((n) => collection.add({ n })));
    const aggregates = {
      count: AggregateField.count(),
      sum: AggregateField.sum('n'),
      mean: AggregateField.average('n'),
    };
    expect((await collection.aggregate(aggregates).get()).data()).toEqual({ count: 3, sum: 9, mean: 3 });
  });
});

describe('writes that may not happen', () => {
  it('say so with their status code and happen not at all', async () => {
    const collection = freshCollection();
    const existing = collection.doc('existing');
    const { writeTime } = await existing.create({ a: 1 });
    await existing.update({ a: 2 });

    await expect(existing.create({})).rejects.toMatchObject({ code: 6 });
    await expect(collection.doc('missing').update({ a: 1 })).rejects.toMatchObject({ code: 5 });
    await expect(existing.update({ a: 3 }, { lastUpdateTime: writeTime })).rejects.toMatchObject({ code: 9 });
    await expect(existing.set({ big: 2n ** 60n })).rejects.toMatchObject({ code: 3 });

    const batch = db.batch().set(collection.doc('new'), {}).create(existing, {});
    await expect(batch.commit()).rejects.toMatchObject({ code: 6 });
    expect((await collection.get()).docs.map((document) => document.data())).toEqual([{ a: 2 }]);
  });

  it('do not stop the others of a BulkWriter', async () => {
    const collection = freshCollection();
    await collection.doc('d7').set({ n: -1 });
    const writer = db.bulkWriter();
    const failed: string[] = [];
    for (let n = 0; n < 50; n++) {
      writer.create(collection.doc(`d${n}`), { n }).catch((error) => failed.push(`${error.code} d${n}`));
    }
    await writer.close();
    expect(failed).toEqual(['6 d7']);
    expect((await collection.count().get()).data().count).toBe(50);
  });
});

describe('transactions', () => {
  it('lose no update and run once each under contention', async () => {
    const document = freshCollection().doc('counter');
    await document.set({ n: 0 });
    let runs = 0;
    const increments = Array.from({ length: 50 }, () =>
      db.runTransaction(async (transaction) => {
        runs++;
        const { n } = (await transaction.get(document)).data() as { n: number };
        transaction.update(document, { n: n + 1 });
      }),
    );
    await Promise.all(increments);
    expect((await document.get()).get('n')).toBe(50);
    expect(runs).toBe(50);
  });

  it('are no more once they were committed, in words by which a client runs them again', async () => {
    const document = freshCollection().doc('counter');
    await document.set({ n: 0 });
    const runs: number[] = [];
    let commits = 0;
    storage.decide = (rpc) => (rpc === 'Commit' && ++commits === 1 ? 'lost' : 'answered');
    await db.runTransaction(async (transaction) => {
      const { n } = (await transaction.get(document)).data() as { n: number };
      runs.push(n);
      transaction.update(document, { n: n + 1 });
    });
    expect(runs).toEqual([0, 1]);
  });

  it('notice a plain write that came between', async () => {
    const document = freshCollection().doc('counter');
    await document.set({ n: 0 });
    let runs = 0;
    await db.runTransaction(async (transaction) => {
      const { n } = (await transaction.get(document)).data() as { n: number };
      if (runs++ === 0) await document.update({ n: 10 });
      transaction.update(document, { n: n + 1 });
    });
    expect((await document.get()).get('n')).toBe(11);
    expect(runs).toBe(2);
  });

  it('create once what a query did not find', async () => {
    const collection = freshCollection();
    const createUnlessFound = () =>
      db.runTransaction(async (transaction) => {
        const found = await transaction.get(collection.where('key', '==', 'k'));
        if (found.empty) transaction.create(collection.doc(), { key: 'k' });
      });
    await Promise.all(Array.from({ length: 10 }, createUnlessFound));
    expect((await collection.get()).size).toBe(1);
  });

  it('do not wait forever for one that waits for them', async () => {
    const collection = freshCollection();
    await db.runTransaction(async (outer) => {
      await outer.get(collection.doc('a'));
      await db.runTransaction(async (inner) => {
        await inner.get(collection.doc('b'));
        inner.set(collection.doc('b'), {});
      });
      outer.set(collection.doc('a'), {});
    });
    expect((await collection.get()).size).toBe(2);
  });

  it('leave nothing behind when they fail', async () => {
    const document = freshCollection().doc('one');
    const failing = db.runTransaction(async (transaction) => {
      await transaction.get(document);
      transaction.set(document, {});
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect((await document.get()).exists).toBe(false);
  });
});

describe('listeners', () => {
  let unsubscribe = () => {};
  afterEach(() => unsubscribe());

  it('hear what is there and every change after it', async () => {
    const collection = freshCollection();
    await collection.doc('first').set({ open: true });
    const heard: string[][] = [];
    let changed = Promise.withResolvers<void>();
    const onNext = (snapshot: QuerySnapshot) => {
      heard.push(snapshot.docChanges().map(({ type, doc }) => `${type} ${doc.id}`));
      changed.resolve();
      changed = Promise.withResolvers();
    };
    unsubscribe = collection.where('open', '==', true).onSnapshot(onNext, (error) => changed.reject(error));

    await changed.promise;
    const writes = [
      () => collection.doc('second').set({ open: true }),
      () => collection.doc('second').update({ note: 'hello' }),
      () => collection.doc('first').update({ open: false }),
      () => collection.doc('second').delete(),
    ];
    for (const write of writes) {
      const next = changed.promise;
      await write();
      await next;
    }
    expect(heard).toEqual([
      ['added first'],
      ['added second'],
      ['modified second'],
      ['removed first'],
      ['removed second'],
    ]);
  });
});
