/**
 * Transactions that know their own commit again where its answer is lost: Firestore's client then runs them once more, and
 * what the run before wrote would look as though somebody else had been there. Where somebody else has really written
 * the record in between, they find what is there, as they would without this.
 */
import { randomUUID } from 'node:crypto';
import type { DocumentReference, Firestore, Transaction } from 'firebase-admin/firestore';

/** By which a commit is known again: a field of every record that is written so. */
export interface CommitMark {
  commitId: string;
}

/**
 * Runs a transaction until one run of it is committed, and answers with the result of that one.
 * @param marked The record that shows whether a run was committed: `run` writes its mark there when it writes anything.
 * @param run May be called several times.
 */
export function runTransactionOnce<Result>(
  db: Firestore,
  marked: DocumentReference,
  run: (transaction: Transaction, mark: CommitMark) => Promise<Result>,
): Promise<Result> {
  const results = new Map<unknown, Result>();
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
