import type {
  Connection,
  ConnectionList,
  ShownConnection,
  StopResult,
} from '@ibkr-gateway/functions/contract/connection';
import { usePrefetchQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isAnswerLost } from '../format/words/failure-words.ts';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import type { ApiClient } from './client/http.ts';
import { usePolling } from './client/polling.ts';
import { toolKey } from './tools.ts';

const CONNECTIONS = ['connections'];
/** What several parts of a page look at, which come one after the other, is read once. */
const FRESH_MS = 5_000;
/** How often to look while a stop is still cancelling orders. */
const STOPPING_EVERY_MS = 10_000;

const isStopping = ({ panic }: Connection) => panic?.retrying === true;

export function useConnections() {
  const api = useApi();
  return useQuery({
    queryKey: CONNECTIONS,
    queryFn: async ({ signal }) => (await api.get<ConnectionList>('/connections', { signal })).data.items,
    ...usePolling<Connection[]>((data) => data?.some(isStopping) === true && STOPPING_EVERY_MS),
  });
}

function useConnectionAnswer<Part>(id: string, select: (answer: ShownConnection) => Part) {
  const query = connectionQuery(useApi(), id);
  // Its page waits for it: it is asked for before anything is drawn.
  usePrefetchQuery(query);
  return useQuery({
    ...query,
    ...usePolling<ShownConnection>(
      (data) => data !== undefined && isStopping(data.connection) && STOPPING_EVERY_MS,
    ),
    select,
  });
}

function connectionQuery(api: ApiClient, id: string) {
  return {
    queryKey: [...CONNECTIONS, id],
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      (await api.get<ShownConnection>(`/connections/${encodeURIComponent(id)}`, { signal })).data,
    staleTime: FRESH_MS,
  };
}

export function useConnection(id: string) {
  return useConnectionAnswer(id, ({ connection }) => connection);
}

/** IBKR's warnings that may be accepted in advance, in words, by message id. */
export function useOfferedWarnings(connectionId: string) {
  return useConnectionAnswer(connectionId, ({ offeredWarnings }) => offeredWarnings);
}

/**
 * Ends trading on a connection: cancels working orders, refuses new ones, ends its keys and apps. `lostAt`: when the
 * answer was lost, in ms since 1970; whether the stop arrived shows in the connection as it is read after that.
 */
export function useStopTrading(connectionId: string) {
  const api = useApi();
  const client = useQueryClient();
  const [lostAt, setLostAt] = useState<number>();
  const mutation = useChange({
    mutationFn: async () => (await api.post<StopResult>(`/connections/${connectionId}/panic`)).data,
    // Its keys and apps end with it.
    meta: { takesAway: '*' },
    onMutate: () => setLostAt(undefined),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: toolKey(connectionId, 'get_orders') });
      return client.invalidateQueries({ queryKey: CONNECTIONS });
    },
    onError: (error) => setLostAt(isAnswerLost(error) ? Date.now() : undefined),
  });
  return { ...mutation, lostAt };
}
