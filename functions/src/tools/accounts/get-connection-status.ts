import { z } from 'zod';
import { inWords } from '../../connections/broker-words.ts';
import { loginAccounts, type ToolContext } from '../../connections/call-context.ts';
import { KINDS } from '../../connections/kinds/index.ts';
import type { SessionState } from '../../contract/session-states.ts';
import { connectionStatusOutput } from '../../contract/tool-outputs/accounts.ts';
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { readLedger } from '../../store/orders/trading-ledger.ts';
import { sessionOpenedAt } from '../../store/sessions.ts';
import { totalsToday } from '../../trading/domain/ledger.ts';
import { amountOf, centsOf, difference } from '../../trading/domain/money.ts';
import { narrower } from '../../trading/domain/risk/rules.ts';
import { approvalMode, tradingLimits } from '../../trading/engine/submit-context.ts';
import { defineTool, READS } from '../tool.ts';

const STATE_OF_FAILURE: Partial<Record<string, SessionState>> = {
  session_expired: 'signed_out',
  session_competing: 'held_elsewhere',
  credentials_rejected: 'credentials_rejected',
  sign_in_code_needed: 'needs_code',
  sign_in_sent_code_needed: 'needs_sent_code',
  sign_in_approval_needed: 'approve_on_phone',
  ibkr_locked: 'locked',
  ibkr_changed_sign_in: 'sign_in_changed',
  account_mode_mismatch: 'wrong_mode',
  ibkr_rate_limited: 'paused',
} satisfies Partial<Record<ErrorCode, SessionState>>;

/** What a failure to open the session means for the person, by its error code. */
export function sessionStateAfter(code: string): SessionState {
  return STATE_OF_FAILURE[code] ?? 'unavailable';
}

export const getConnectionStatusTool = defineTool({
  name: 'get_connection_status',
  title: 'Connection status',
  description:
    'Whether IBKR can be reached, since when its session is open, what to do if not, and the owner’s rules for orders with what they leave for today.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({}),
  output: connectionStatusOutput,
  async run(_args, context) {
    const { connection, db } = context;
    const { label, kind, mode, allowTakeover } = connection;
    const common = { label, kind, mode, takes_over: allowTakeover, trading: await tradingRules(context) };
    try {
      const { accounts } = await loginAccounts(context);
      const since = await sessionOpenedAt(db, connection.id);
      return {
        ...common,
        state: 'connected' as const,
        session_since: since?.toISOString() ?? null,
        accounts: accounts.length,
        message: null,
        what_to_do: null,
      };
    } catch (caught) {
      const error = inWords(caught, KINDS[connection.kind].words);
      if (!(error instanceof GatewayError) || error.code === 'internal_error') throw error;
      return {
        ...common,
        state: sessionStateAfter(error.code),
        session_since: null,
        accounts: null,
        message: error.message,
        what_to_do: error.hint,
      };
    }
  },
});

/** The rules for orders, and what they leave for today. */
async function tradingRules(context: ToolContext) {
  const limits = tradingLimits(context);
  const { ledger } = await readLedger(context.db, context.connection.id);
  const today = totalsToday(ledger, context.app, new Date());
  const rules = [
    { limits: limits.connection, sent: today.all },
    { limits: limits.app, sent: today.app },
  ];
  return {
    approval: approvalMode(context),
    limits: narrower(limits.connection, limits.app),
    orders_left_today: least(
      rules.map(({ limits: { maxDailyOrders: most }, sent }) =>
        most === undefined ? most : most - sent.orders,
      ),
    ),
    value_left_today: least(
      rules.map(({ limits: { maxDailyValue: most }, sent }) =>
        most === undefined ? most : amountOf(difference(centsOf(most), sent.value)),
      ),
    ),
  };
}

/** Of what several limits leave; null where none is set. */
function least(left: readonly (number | undefined)[]): number | null {
  const known = left.filter((each) => each !== undefined);
  return known.length === 0 ? null : Math.max(0, Math.min(...known));
}
