/**
 * Transactions that know their own commit again where its answer is lost: Firestore's client then runs them once more, and
 * what the run before wrote would look as though somebody else had been there. Where somebody else has really written
 * the record in between, they find what is there, as they would without this.
 */
import { randomUUID } from 'node:crypto';
import type { DocumentReference, Firestore, Transaction, WriteBatch } from 'firebase-admin/firestore';

/** By which a commit is known again: a field of every record that is written so. */
export interface CommitMark {
  commitId: string;
}

/** What may be written without reading anything: a commit that fails where what it was made of is not so any more. */
export interface Attempt<Result> {
  batch: WriteBatch;
  result: Result;
}

/**
 * Runs a transaction until one run of it is committed, and answers with the result of that one.
 * @param marked The record that shows whether a run was committed: `run` writes its mark there when it writes anything.
 * @param run May be called several times.
 * @param attempt Tried first, where it makes anything, with its mark in that record too; whatever it fails of, the
 * transaction follows.
 */
export async function runTransactionOnce<Result>(
  db: Firestore,
  marked: DocumentReference,
  run: (transaction: Transaction, mark: CommitMark) => Promise<Result>,
  attempt?: (mark: CommitMark) => Attempt<Result> | null,
): Promise<Result> {
  const results = new Map<unknown, Result>();
  const first = { commitId: randomUUID() };
  const attempted = attempt?.(first) ?? null;
  if (attempted !== null) {
    results.set(first.commitId, attempted.result);
    const isCommitted = await attempted.batch.commit().then(
      () => true,
      () => false,
    );
    if (isCommitted) return attempted.result;
  }
  return db.runTransaction(async (transaction) => {
    if (results.size > 0) {
      const written: unknown = (await transaction.get(marked)).get('commitId');
      if (results.has(written)) return results.get(written) as Result;
    }
    const mark = { commitId: randomUUID() };
    const result = await run(transaction, mark);
    results.set(mark.commitId, result);
    return result;
  });
}
