import type { Failure } from '@ibkr-gateway/functions/contract/failure';
import { failedCall } from './http.ts';

/** What the API found wrong with single fields of what was sent, by their path; empty when it names none. */
export function fieldErrors(error: unknown): Record<string, string> {
  // What stands between may answer something else.
  return failedCall<Partial<Failure> | null>(error)?.answer?.body?.error?.fields ?? {};
}
