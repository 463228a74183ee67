import { DETAILED } from '../../api/positions.ts';
import { useTool } from '../../api/tools.ts';

/** IBKR itself brings its portfolio up to date about this often. */
const EVERY_MS = 60_000;
/** IBKR computes it once a day. */
const PERFORMANCE_FRESH_MS = 60 * 60_000;

/** Everything that the overview of an account is made of. */
export function useAccountData(connectionId: string, accountId: string | undefined) {
  const args = accountId === undefined ? {} : { account_id: accountId };
  const live = { everyMs: EVERY_MS };
  return {
    summary: useTool(connectionId, 'get_account_summary', args, live),
    pnl: useTool(connectionId, 'get_pnl', args, live),
    portfolio: useTool(connectionId, 'get_portfolio', { ...args, ...DETAILED }, live),
    cash: useTool(connectionId, 'get_cash', args, live),
    performance: useTool(
      connectionId,
      'get_performance',
      { ...args, series: true },
      { freshMs: PERFORMANCE_FRESH_MS },
    ),
  };
}
