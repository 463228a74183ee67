import type { PublicConfig } from '@ibkr-gateway/functions/contract/site';
import { ConsoleError } from '../client/console-error.ts';

/**
 * What the deployment is set to. Not by axios, which nothing that is loaded first needs for anything else.
 * @throws {ConsoleError} when no answer came, or none that is of use.
 */
export async function fetchConfig(signal: AbortSignal): Promise<PublicConfig> {
  const answer = await fetch('/api/config', { signal }).catch((cause: Error) => {
    throw new ConsoleError(cause.name === 'TimeoutError' ? 'timeout' : 'unreachable', { cause });
  });
  if (!answer.ok) throw new ConsoleError('gateway_failed');
  return answer.json().catch((cause: unknown) => {
    throw new ConsoleError('foreign_answer', { cause });
  });
}
