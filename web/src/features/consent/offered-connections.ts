import type { Connection } from '@ibkr-gateway/functions/contract/connection';

/** More are found by name rather than scrolled past. */
export const FEW = 8;

type Named = Pick<Connection, 'label' | 'accounts'>;

/** Of all connections those to choose from: the first that match what is sought, and the one that is chosen. */
export function offeredOf<Each extends Named>(
  connections: readonly Each[],
  chosen: Each | undefined,
  sought: string,
): Each[] {
  const text = sought.trim().toLowerCase();
  const matches = ({ label, accounts }: Named) =>
    [label, ...accounts].some((words) => words.toLowerCase().includes(text));
  return connections
    .filter((connection) => connection === chosen || matches(connection))
    .filter((connection, index) => index < FEW || connection === chosen);
}
