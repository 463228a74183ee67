import { DETAILED } from './positions.ts';
import { useEarlyTool, useTool } from './tools.ts';

/** IBKR itself brings its portfolio up to date about this often. */
const EVERY_MS = 60_000;
/** IBKR computes it once a day. */
const PERFORMANCE_FRESH_MS = 60 * 60_000;

const PERFORMANCE = { series: true };

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
      { ...args, ...PERFORMANCE },
      { freshMs: PERFORMANCE_FRESH_MS },
    ),
  };
}

/** Asks for it of the current account before there is anything to show it; for what takes longest first. */
export function useEarlyAccountData(connectionId: string): void {
  useEarlyTool(connectionId, 'get_performance', PERFORMANCE, { freshMs: PERFORMANCE_FRESH_MS });
  useEarlyTool(connectionId, 'get_portfolio', DETAILED);
  useEarlyTool(connectionId, 'get_account_summary', {});
  useEarlyTool(connectionId, 'get_pnl', {});
  useEarlyTool(connectionId, 'get_cash', {});
}
