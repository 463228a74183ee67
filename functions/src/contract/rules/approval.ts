/** Who has to say yes to an order. */

import type { CallSource } from '../audit.ts';
import type { AccountMode } from '../connection-kind.ts';

/** `owner`: a person says yes on a page. `model`: the model says yes by a second call. `none`: sent at once. */
export const APPROVAL_MODES = ['none', 'model', 'owner'] as const;

/** Who has to say yes to an order; of two, the later one is the stricter. */
export type ApprovalMode = (typeof APPROVAL_MODES)[number];

/**
 * Who says yes where neither the connection nor the app has a rule of its own: programs with a key act alone, what AI
 * hosts order with real money waits for its owner.
 */
export function usualApproval(mode: AccountMode, source: CallSource): ApprovalMode {
  if (source === 'api_key') return 'none';
  return mode === 'live' ? 'owner' : 'model';
}
