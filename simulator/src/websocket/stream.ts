/** What the streams of a WebSocket have in common. */

import type { Market } from '../market/market.ts';
import type { BrokerageSession, Session } from '../session/session-state.ts';
import type { Simulation } from '../simulation.ts';

/** The session of a socket, as it is at one moment. */
export interface StreamView {
  readonly simulation: Simulation;
  readonly session: Session;
  readonly brokerage: BrokerageSession | undefined;
  /** As the session sees it. */
  readonly market: Market;
  readonly now: number;
}

/** What a client has subscribed to. */
export interface Stream {
  /** The frames to send now: what has changed since the last time. */
  due(view: StreamView): readonly object[];
}

/** What differs from `shown`, or is not in it. */
export function changedFields(
  shown: Readonly<Record<string, unknown>>,
  row: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([key, value]) => shown[key] !== value));
}
