import { useTool } from '../../api/tools.ts';

const FRESH_MS = 5 * 60_000;

/** The accounts of a connection's login. */
export function useAccounts(connectionId: string) {
  return useTool(connectionId, 'get_accounts', {}, { freshMs: FRESH_MS });
}
