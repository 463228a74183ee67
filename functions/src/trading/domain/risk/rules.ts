/** What an owner allows: limits and who has to say yes, for a connection and narrower for one app or key. */

import { namedByBoth } from '../../../broker/contracts/symbols.ts';
import { APPROVAL_MODES, type ApprovalMode } from '../../../contract/rules/approval.ts';
import type { Limits } from '../../../contract/rules/limits.ts';

/** Limits that hold for an order: the connection's for all of its orders, the app's for the app's own. */
export interface LimitsInForce {
  connection: Limits;
  app: Limits;
}

/** The limits that hold when both sets do. */
export function narrower(one: Limits, other: Limits): Limits {
  const least = (name: NumberLimit) => smallest(one[name], other[name]);
  const both = (name: 'trading' | 'shortSelling' | 'optionsWriting' | 'othersOrders') =>
    one[name] === false || other[name] === false ? false : undefined;
  return withoutAbsent({
    trading: both('trading'),
    maxOrderValue: least('maxOrderValue'),
    maxDailyValue: least('maxDailyValue'),
    maxDailyOrders: least('maxDailyOrders'),
    symbols:
      one.symbols && other.symbols ? namedByBoth(one.symbols, other.symbols) : (one.symbols ?? other.symbols),
    assetClasses: common(one.assetClasses, other.assetClasses),
    shortSelling: both('shortSelling'),
    optionsWriting: both('optionsWriting'),
    priceCollarPercent: least('priceCollarPercent'),
    maxQuoteAgeSeconds: least('maxQuoteAgeSeconds'),
    regularHoursOnly: one.regularHoursOnly || other.regularHoursOnly ? true : undefined,
    othersOrders: both('othersOrders') ?? one.othersOrders ?? other.othersOrders,
  });
}

type NumberLimit = {
  [Name in keyof Limits]-?: NonNullable<Limits[Name]> extends number ? Name : never;
}[keyof Limits];

function smallest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

function common(one: string[] | undefined, other: string[] | undefined): string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((value) => other.includes(value));
}

function withoutAbsent(limits: { [Name in keyof Limits]: Limits[Name] | undefined }): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

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
