import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { useOutletContext } from 'react-router';

/** What the page of a connection gives its tabs. */
export interface ShownConnection {
  connection: Connection;
  account: ShownAccount;
}

interface ShownAccount {
  /** The account that was chosen among several; undefined while it is the connection's current one. */
  accountId: string | undefined;
  chooseAccount: (accountId: string) => void;
}

/** The connection whose page a tab is part of. */
export function useShownConnection(): Connection {
  return useOutletContext<ShownConnection>().connection;
}

/** The account of the connection that the tabs show, the same on all of them. */
export function useShownAccount(): ShownAccount {
  return useOutletContext<ShownConnection>().account;
}
