/** Changes of settings, field by field: what one person changes does not take back what another did meanwhile. */

import type { DocumentReference, DocumentSnapshot } from 'firebase-admin/firestore';
import { runTransactionOnce } from './database/known-commits.ts';

/** What counts its changes. */
export interface Versioned {
  version: number;
}

/** What a connection, a key or an app is allowed, and how often that was changed. */
export interface Settings extends Versioned {
  limits: Record<string, unknown>;
}

/** One setting before and after; null: it was not set. */
interface Change {
  from: unknown;
  to: unknown;
}
/** What a change did, by field and, of limits, by limit. */
export type ChangesMade = Record<string, Change | Record<string, Change>>;

/** Settings after a change, and what it did: nothing, where it asked for what they were. */
export interface ChangedSettings<S> {
  before: S;
  after: S;
  made: ChangesMade;
}

/** The settings have changed since the version that a change was made from. */
export class ChangedElsewhere<S extends Versioned = Versioned> extends Error {
  override readonly name = 'ChangedElsewhere';
  readonly current: S;

  constructor(current: S) {
    super(`These settings are at version ${current.version}.`);
    this.current = current;
  }
}

/**
 * Looks at a change before it is made, and throws to refuse it. It may be asked again for one change, where another one
 * came in between.
 */
export type ChangeCheck<S> = (before: S, after: S) => void;

/** What a change is made under. */
export interface ChangeTerms<S> {
  /** The version that it was made from; undefined: whatever it is. */
  known?: number | undefined;
  /** Asked where something would change, in the transaction that changes it. */
  check?: ChangeCheck<S> | undefined;
}

/**
 * What changes make of settings; writes nothing.
 * @param changes What is absent stays as it is, also inside `limits`, where null takes one away.
 */
export function applySettings<S extends Settings>(
  before: S,
  changes: Partial<NoInfer<S>>,
): ChangedSettings<S> {
  const limits = { ...before.limits, ...changes.limits };
  for (const [name, limit] of Object.entries(limits)) if (limit === null) delete limits[name];
  const changed = { ...before, ...changes, limits };
  const made: ChangesMade = {};
  for (const field of Object.keys(changes) as (keyof S & string)[]) {
    if (field !== 'limits' && !isSame(before[field], changed[field])) {
      made[field] = { from: before[field], to: changed[field] };
    }
  }
  const ofLimits = Object.keys({ ...before.limits, ...limits }).flatMap((name) => {
    const [from, to] = [before.limits[name] ?? null, limits[name] ?? null];
    return isSame(from, to) ? [] : [[name, { from, to }] as const];
  });
  if (ofLimits.length > 0) made.limits = Object.fromEntries(ofLimits);
  const isChanged = Object.keys(made).length > 0;
  return { before, after: isChanged ? { ...changed, version: before.version + 1 } : before, made };
}

/**
 * Changes a record of settings, in a transaction.
 * @param settingsFrom What its snapshot holds, or null.
 * @param changes As of `changedSettings`.
 * @returns null when there is no such record.
 * @throws {ChangedElsewhere} or what `check` throws; nothing is changed then.
 */
export function changeSettings<S extends Settings>(
  record: DocumentReference,
  settingsFrom: (snapshot: DocumentSnapshot) => S | null,
  changes: Partial<NoInfer<S>>,
  { known, check }: ChangeTerms<NoInfer<S>>,
): Promise<ChangedSettings<S> | null> {
  return runTransactionOnce(record.firestore, record, async (transaction, mark) => {
    const before = settingsFrom(await transaction.get(record));
    if (before === null) return null;
    checkVersion(before, known);
    const change = applySettings(before, changes);
    const { after } = change;
    if (after === before) return change;
    check?.(before, after);
    const fields = [...Object.keys(changes), 'limits', 'version'] as (keyof S & string)[];
    const changed = Object.fromEntries(fields.map((field) => [field, after[field]]));
    transaction.update(record, { ...changed, ...mark });
    return change;
  });
}

/**
 * @param known The version that a change was made from; undefined: whatever they are.
 * @throws {ChangedElsewhere}
 */
export function checkVersion<S extends Versioned>(settings: S, known: number | undefined): void {
  if (known !== undefined && known !== settings.version) throw new ChangedElsewhere(settings);
}

/** Settings are JSON, and lists of them have an order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
