/** The open connections to IBKR of this process, one for each connection record, kept between calls. */
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../errors.ts';
import type { IbkrClient } from '../ibkr/client.ts';
import { IbkrConnection } from '../ibkr/connection.ts';
import { sandboxTransport } from '../ibkr/sandbox-transport.ts';
import { inMemorySessionStore } from '../ibkr/session-store.ts';
import type { Connection } from '../store/connections.ts';

const IDLE_MS = 15 * 60_000;

const open = new LRUCache<string, IbkrConnection>({
  max: 500,
  ttl: IDLE_MS,
  updateAgeOnGet: true,
  dispose: (closed) => void closed.close(),
});

/**
 * What one tool call talks to IBKR with.
 * @param settings.simulatorUrl Where sandbox accounts live; undefined where there are none.
 * @throws {GatewayError} `ibkr_unavailable` when the deployment has no simulator.
 */
export function ibkrClient(
  connection: Connection,
  settings: { simulatorUrl: string | undefined },
): IbkrClient {
  const known = open.get(connection.id);
  if (known !== undefined) return known.client();
  const { simulatorUrl } = settings;
  if (connection.kind !== 'sandbox' || simulatorUrl === undefined) {
    throw new GatewayError(
      'ibkr_unavailable',
      `This deployment does not serve ${connection.kind} connections.`,
      'Use another connection, or ask the operator to set one up.',
    );
  }
  const opened = new IbkrConnection({
    transport: sandboxTransport({ simulatorUrl, connectionId: connection.id }),
    store: inMemorySessionStore(),
  });
  open.set(connection.id, opened);
  return opened.client();
}
