/**
 * Whether a change lets something through that was refused before, or through without the yes it needed. What narrows
 * besides does not make up for it.
 */

import { namesAllOf } from '../../../broker/contracts/symbols.ts';
import { CALL_SOURCES } from '../../../contract/audit.ts';
import type { AccountMode } from '../../../contract/connection-kind.ts';
import { APPROVAL_MODES, type ApprovalMode, usualApproval } from '../../../contract/rules/approval.ts';
import { LIMIT_KINDS, type Limits, storedLimits } from '../../../contract/rules/limits.ts';

/** Whether one limit became looser; what is absent does not limit. */
type Loosening<Limit> = (before: Limit | undefined, after: Limit | undefined) => boolean;

const noLongerOff: Loosening<boolean> = (before, after) => before === false && after !== false;
const noLongerOn: Loosening<boolean> = (before, after) => before === true && after !== true;
const raised: Loosening<number> = (before, after) =>
  before !== undefined && (after === undefined || after > before);
const longer: Loosening<string[]> = (before, after) =>
  before !== undefined && after?.every((one) => before.includes(one)) !== true;
const moreNamed: Loosening<string[]> = (before, after) =>
  before !== undefined && after?.every((symbol) => namesAllOf(before, symbol)) !== true;

const LOOSER = {
  bound: raised,
  list: longer,
  symbols: moreNamed,
  permission: noLongerOff,
  restriction: noLongerOn,
  // Where nothing is said, an app whose owner says yes to every order may cancel none of others.
  choice: ((before, after) =>
    noLongerOff(before, after) || (after === true && before !== true)) as Loosening<boolean>,
};

/** Whether `after` lets some order, change or cancellation through that `before` refused. */
export function isLooser(before: Limits, after: Limits): boolean {
  return Object.entries(LIMIT_KINDS).some(([name, kind]) => {
    const [was, is] = [before, after].map((limits) => limits[name as keyof Limits]);
    return LOOSER[kind](was as never, is as never);
  });
}

/** The same of limits as they are stored. Those that cannot be read let nothing through. */
export function isStoredLooser(before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  const [was, is] = [storedLimits.safeParse(before), storedLimits.safeParse(after)];
  return is.success && (!was.success || isLooser(was.data, is.data));
}

/** Whether an order needs less of a yes than before. */
export function needsLessApproval(before: ApprovalMode, after: ApprovalMode): boolean {
  return APPROVAL_MODES.indexOf(after) < APPROVAL_MODES.indexOf(before);
}

/** Whose word orders on a connection wait for. */
interface ConnectionApproval {
  mode: AccountMode;
  /** Null: what is usual for the mode and the kind of app. */
  approval: ApprovalMode | null;
}

/** Whether the orders of some kind of app need less of a yes than before. */
export function needsLessApprovalOn(before: ConnectionApproval, after: ConnectionApproval): boolean {
  return CALL_SOURCES.some((source) => {
    const modeOf = ({ mode, approval }: ConnectionApproval) => approval ?? usualApproval(mode, source);
    return needsLessApproval(modeOf(before), modeOf(after));
  });
}
