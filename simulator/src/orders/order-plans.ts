import { badRequest } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { StatusChange } from './order.ts';

const STATUSES = ['Inactive', 'Cancelled', 'Submitted'] as const;

/** A status that an order is to have, so many milliseconds from a moment that the reader knows. */
interface PlannedChange {
  readonly afterMs: number;
  readonly status: StatusChange['status'];
  readonly reason?: string;
}

interface Plan {
  /** Only orders of this session. */
  readonly owner?: string;
  /** How many orders are still to be met. */
  times: number;
  readonly changes: readonly PlannedChange[];
}

/** What is to become of orders that are not placed yet: tests have them rejected late, or held for a while. */
export class OrderPlans {
  #plans: Plan[] = [];

  add(plan: Plan): void {
    this.#plans.push(plan);
  }

  /** Ends those of one session, or all. */
  clear(owner?: string): void {
    this.#plans = owner === undefined ? [] : this.#plans.filter((plan) => plan.owner !== owner);
  }

  /** The plan for an order placed now, counted; undefined when there is none. */
  take(owner: string, now: number): StatusChange[] | undefined {
    const plan = this.#plans.find((each) => each.owner === undefined || each.owner === owner);
    if (plan && --plan.times <= 0) this.#plans = this.#plans.filter((each) => each !== plan);
    return plan && scheduleChanges(plan.changes, now);
  }
}

export function scheduleChanges(changes: readonly PlannedChange[], now: number): StatusChange[] {
  return changes.map(({ afterMs, ...change }) => ({ ...change, at: now + afterMs }));
}

/** Reads `{status, afterMs?, reason?}`. @throws {Refusal} 400 naming what is wrong. */
export function readChange(body: unknown): PlannedChange {
  const { status, afterMs, reason } = objectBody(body);
  const known = STATUSES.find((each) => each === status);
  if (!known) throw badRequest(`status must be one of ${STATUSES.join(', ')}`);
  const after = numberOf(afterMs) ?? 0;
  if (after < 0) throw badRequest('afterMs must not be negative');
  const text = textOf(reason);
  return { status: known, afterMs: after, ...(text === undefined ? {} : { reason: text }) };
}
