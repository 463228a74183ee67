import { useAccounts } from './accounts.ts';
import { useShownConnection } from './shown-connection.ts';

/** What limits in money are counted in. Undefined until it is known, and of several accounts, which may differ in it. */
export function useBaseCurrency(): string | undefined {
  const { id } = useShownConnection();
  const [account, ...others] = useAccounts(id).data?.accounts ?? [];
  return others.length === 0 ? (account?.base_currency ?? undefined) : undefined;
}
