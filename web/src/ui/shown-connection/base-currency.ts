import { useTool } from '../../api/tools.ts';
import { useShownConnection } from './shown-connection.ts';

/** What limits in money are counted in. Undefined until it is known, and of several accounts, which may differ in it. */
export function useBaseCurrency(): string | undefined {
  const { id, accounts } = useShownConnection();
  const { data } = useTool(id, 'get_account_summary', {}, { enabled: accounts.length === 1 });
  return data?.currency ?? undefined;
}
