/**
 * Which changes of settings give more power, whatever they take away besides: those need a fresh sign-in, and are not made
 * where they cannot be recorded first.
 *
 * Where that can be argued about:
 * - Another mode (paper or live) and new secrets always do: orders go to another account.
 * - So does letting a connection take its session from TWS: orders then get through that would not.
 * - Accepting a warning beforehand does: IBKR's question about it is then answered without a person.
 * - Limits of a key that only reads count like those of one that trades, and rules of an app or a key count also where
 *   the connection's are stricter now: those may be made looser later.
 * - Another account to use where none is named does not: apps choose it themselves.
 */
import { reachesFurther } from '../../network/ip-ranges.ts';
import type { Connection } from '../../store/connections.ts';
import type { ApiKey } from '../../store/credentials/api-keys.ts';
import type { Grant } from '../../store/credentials/grants.ts';
import type { Channel } from '../../store/news/channels.ts';
import {
  isStoredLooser,
  needsLessApproval,
  needsLessApprovalOn,
} from '../../trading/domain/risk/loosening.ts';

export function isWiderConnection(before: Connection, after: Connection): boolean {
  const warnings = new Set(before.acceptedWarnings);
  return (
    before.mode !== after.mode ||
    (after.allowTakeover && !before.allowTakeover) ||
    after.acceptedWarnings.some((id) => !warnings.has(id)) ||
    (before.panic !== null && after.panic === null) ||
    isStoredLooser(before.limits, after.limits) ||
    needsLessApprovalOn(before, after)
  );
}

export function isWiderApp(before: Rules, after: Rules): boolean {
  return (
    isStoredLooser(before.limits, after.limits) ||
    needsLessApproval(before.approval ?? NO_RULE, after.approval ?? NO_RULE)
  );
}

export function isWiderKey(before: ApiKey, after: ApiKey): boolean {
  return isWiderApp(before, after) || reachesFurther(after.allowedIps, before.allowedIps);
}

/** Whether a channel tells of more than it did. */
export function isWiderChannel(before: Channel, after: Channel): boolean {
  const { types } = before;
  return (
    (before.connectionId !== null && after.connectionId !== before.connectionId) ||
    (types !== null && (after.types?.some((type) => !types.includes(type)) ?? true)) ||
    (before.disabledAt !== null && after.disabledAt === null)
  );
}

type Rules = Pick<Grant, 'limits' | 'approval'>;

/** Of an app or a key without a rule of its own: the connection's holds. */
const NO_RULE = 'none';
