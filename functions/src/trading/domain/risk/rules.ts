/** What an owner allows: limits and who has to say yes, for a connection and narrower for one app or key. */

import { namedByBoth } from '../../../broker/contracts/symbols.ts';
import { APPROVAL_MODES, type ApprovalMode } from '../../../contract/rules/approval.ts';
import { LIMIT_KINDS, type Limits } from '../../../contract/rules/limits.ts';

/** Limits that hold for an order: the connection's for all of its orders, the app's for the app's own. */
export interface LimitsInForce {
  connection: Limits;
  app: Limits;
}

/** What an owner has set for a connection, as it is stored: whoever has judged by it can tell whether it is still so. */
export interface ConnectionRules {
  limits: Record<string, unknown>;
  approval: ApprovalMode | null;
}

/** The limits that hold when both sets do. */
export function narrower(one: Limits, other: Limits): Limits {
  const settings = Object.entries(LIMIT_KINDS).map(([name, kind]) => {
    const [first, second] = [one, other].map((limits) => limits[name as keyof Limits]);
    return [name, NARROWER[kind](first as never, second as never)];
  });
  return Object.fromEntries(settings.filter(([, value]) => value !== undefined));
}

/** What holds of two settings, of which either may be absent. */
type Narrowing<Value> = (one: Value | undefined, other: Value | undefined) => Value | undefined;

function whereSet<Value>(narrow: (one: Value, other: Value) => Value): Narrowing<Value> {
  return (one, other) => (one === undefined || other === undefined ? (one ?? other) : narrow(one, other));
}

const isOff = (one: boolean | undefined, other: boolean | undefined) => one === false || other === false;

const NARROWER = {
  bound: whereSet<number>(Math.min),
  list: whereSet<string[]>((one, other) => one.filter((value) => other.includes(value))),
  symbols: whereSet<string[]>(namedByBoth),
  permission: ((one, other) => (isOff(one, other) ? false : undefined)) as Narrowing<boolean>,
  restriction: ((one, other) => (one || other ? true : undefined)) as Narrowing<boolean>,
  choice: ((one, other) => (isOff(one, other) ? false : (one ?? other))) as Narrowing<boolean>,
};

/**
 * Whether an app may cancel an order that it did not place. Where its owner has to say yes to every order, nobody could
 * say yes to that, so that the owner has to have allowed it.
 */
export function mayCancelOthers({ connection, app }: LimitsInForce, approval: ApprovalMode): boolean {
  return narrower(connection, app).othersOrders ?? approval !== 'owner';
}

/** The stricter of two modes. */
export function stricter(one: ApprovalMode, other: ApprovalMode): ApprovalMode {
  return APPROVAL_MODES.indexOf(one) >= APPROVAL_MODES.indexOf(other) ? one : other;
}
