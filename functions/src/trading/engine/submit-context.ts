/** The trading context of a call, with the rules that hold for its app. */

import type { ToolContext } from '../../connections/call-context.ts';
import { type ApprovalMode, usualApproval } from '../../contract/rules/approval.ts';
import { storedLimits } from '../../contract/rules/limits.ts';
import { findLedger } from '../../store/orders/trading-ledger.ts';
import { type LimitsInForce, stricter } from '../domain/risk/rules.ts';
import type { SubmitContext } from './submit.ts';

/** Of the connection and the app that a call is made for. */
export function tradingContext(context: ToolContext): SubmitContext {
  const { connection, app, ibkr, db } = context;
  const { id, clientId, label, name, source } = app;
  return {
    db,
    ibkr,
    connectionId: connection.id,
    ownerUid: connection.ownerUid,
    accountMode: connection.mode,
    app: { id, ...(clientId === undefined ? {} : { clientId }), label, name, source },
    acceptedWarnings: connection.acceptedWarnings,
    limits: tradingLimits(context),
    rules: { limits: connection.limits, approval: connection.approval },
    approval: approvalMode(context),
    firstLook: () => {
      context.firstLook ??= findLedger(db, connection.id);
      return context.firstLook;
    },
  };
}

/** What the owner allows the connection, and within that this app. */
export function tradingLimits({ connection, app }: ToolContext): LimitsInForce {
  return { connection: storedLimits.parse(connection.limits), app: storedLimits.parse(app.limits) };
}

/** The connection's rule or what is usual, and the app's where that is stricter. */
export function approvalMode({ connection, app }: ToolContext): ApprovalMode {
  const usual = usualApproval(connection.mode, app.source);
  return stricter(connection.approval ?? usual, app.approval ?? 'none');
}
