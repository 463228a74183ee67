/** The request of a host that a person left unanswered, so that they find back to it from any page of this tab. */

import type { ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import type { Scope } from '@ibkr-gateway/functions/contract/rules/scope';
import type { Amount } from '../../ui/forms/amount-input.tsx';

const KEY = 'pending-consent';
/** How long the gateway keeps a request. */
const LIFE_MS = 600_000;

export interface PendingRequest {
  uid: string;
  /** The host's own name. */
  name: string;
  /** In ms since 1970. */
  seenAt: number;
  choices: ConsentChoices;
  /** Of who chose. */
  userId: string;
}

/** What somebody has chosen so far. */
export interface ConsentChoices {
  connectionId: string | null;
  scope: Scope;
  /** Null: the connection's own rule. */
  approval: ApprovalMode | null;
  limits: Record<string, Amount>;
  revokeEarlier: boolean;
}

const NOTHING_CHOSEN: ConsentChoices = {
  connectionId: null,
  scope: 'read',
  approval: null,
  limits: {},
  revokeEarlier: false,
};

export function rememberRequest(request: PendingRequest): void {
  sessionStorage.setItem(KEY, JSON.stringify(request));
}

export function forgetRequest(): void {
  sessionStorage.removeItem(KEY);
}

/** Null when there is none, or it is over by now. */
export function pendingRequest(): PendingRequest | null {
  const stored = sessionStorage.getItem(KEY);
  if (stored === null) return null;
  const request: PendingRequest = JSON.parse(stored);
  return Date.now() - request.seenAt < LIFE_MS ? request : null;
}

/** The request of that id as this person left it, on the way to adding a connection or to signing in again. */
export function resumedRequest({
  uid,
  name,
  userId,
}: Pick<PendingRequest, 'uid' | 'name' | 'userId'>): PendingRequest {
  const left = pendingRequest();
  if (left?.uid === uid && left.userId === userId) return left;
  return { uid, name, userId, seenAt: Date.now(), choices: NOTHING_CHOSEN };
}
