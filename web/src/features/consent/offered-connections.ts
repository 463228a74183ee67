import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { isFound } from '../../format/search-words.ts';

/** More are found by name rather than scrolled past. */
export const FEW = 8;

type Named = Pick<Connection, 'label' | 'accounts'>;

/** Of all connections those to choose from: the first that match what is sought, and the one that is chosen. */
export function offeredOf<Each extends Named>(
  connections: readonly Each[],
  chosen: Each | undefined,
  sought: string,
): Each[] {
  return connections
    .filter((one) => one === chosen || isFound(sought, [one.label, ...one.accounts]))
    .filter((connection, index) => index < FEW || connection === chosen);
}
