/** The request of a host that a person left unanswered, so that they find back to it from any page of this tab. */

const KEY = 'pending-consent';
/** How long the gateway keeps a request. */
const LIFE_MS = 600_000;

export interface PendingRequest {
  uid: string;
  /** The host's own name. */
  name: string;
  /** In ms since 1970. */
  seenAt: number;
}

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
