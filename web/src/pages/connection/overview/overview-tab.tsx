import { useDocumentTitle } from '@mantine/hooks';
import { useShownConnection } from '../shown-connection.ts';

/** What the account is worth, what it earns and what it holds. */
export function OverviewTab() {
  const { label } = useShownConnection();
  useDocumentTitle(`${label} · IBKR Gateway`);
  return null;
}
