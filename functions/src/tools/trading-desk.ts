/** The desk at which a call's orders are worked on, with the rules that hold for its app. */
import { GatewayError } from '../errors.ts';
import type { DailyLimits } from '../orders/decisions.ts';
import type { TradingDesk } from '../orders/placing.ts';
import { type ApprovalMode, limitsSchema, stricter } from '../orders/trading-rules.ts';
import type { ToolContext } from './context.ts';

/**
 * @throws {GatewayError} `trading_unavailable` on connections that take no orders.
 */
export function tradingDesk(context: ToolContext): TradingDesk {
  const { connection, app, ibkr, db } = context;
  if (connection.kind !== 'sandbox') {
    throw new GatewayError(
      'trading_unavailable',
      'Orders are not accepted on this connection: only sandbox connections take them at present.',
      'Place the order in IBKR’s own app, or try it out on a sandbox connection.',
    );
  }
  return {
    db,
    ibkr,
    connectionId: connection.id,
    ownerUid: connection.ownerUid,
    app: { id: app.id, label: app.label, name: app.name, source: app.source },
    acceptedWarnings: connection.acceptedWarnings,
    limits: tradingLimits(context),
    approval: approvalMode(context),
  };
}

/** What the owner allows the connection, and within that this app. */
export function tradingLimits({ connection, app }: ToolContext): DailyLimits {
  return { connection: limitsSchema.parse(connection.limits), app: limitsSchema.parse(app.limits) };
}

/** The connection's rule or what is usual, and the app's where that is stricter. */
export function approvalMode({ connection, app }: ToolContext): ApprovalMode {
  const usual = app.source === 'api_key' ? 'none' : connection.mode === 'live' ? 'owner' : 'model';
  return stricter(connection.approval ?? usual, app.approval ?? 'none');
}
