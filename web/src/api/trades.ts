import { useTool } from './tools.ts';

/** IBKR tells of no more. */
const DAYS = 7;

/** What was traded lately; read only when it is asked for. */
export function useTrades(connectionId: string, accountId: string | undefined) {
  const args = { days: DAYS, ...(accountId !== undefined && { account_id: accountId }) };
  return useTool(connectionId, 'get_trades', args, { enabled: false });
}
