import type {
  Intent,
  IntentDecision,
  IntentList,
  ShownIntent,
} from '@ibkr-gateway/functions/contract/orders/intent';
import type { IntentState } from '@ibkr-gateway/functions/contract/orders/order-states';
import type { Quote } from '@ibkr-gateway/functions/contract/tool-outputs/market';
import {
  hashKey,
  type QueryClient,
  type QueryKey,
  usePrefetchQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useState } from 'react';
import { isAnswerLost } from '../format/words/failure-words.ts';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import type { ApiClient } from './client/http.ts';
import { usePolling } from './client/polling.ts';

/** News come without anybody doing something here: from IBKR, or from wherever else somebody answers. */
const EVERY_MS: Partial<Record<IntentState, number>> = {
  awaiting_approval: 20_000,
  needs_reply: 20_000,
  sending: 3_000,
  unknown: 3_000,
  working: 5_000,
};
const LIST_EVERY_MS = 60_000;
/** A browser that is told of news looks at once. */
const WAITING_EVERY_MS = 30_000;
/** What several parts of a page look at, which come one after the other, is read once. */
const FRESH_MS = 5_000;
const MOVING_LIST_EVERY_MS = 15_000;
/** What changes without anybody's doing. */
const MOVING: readonly IntentState[] = ['sending', 'unknown', 'working'];
const QUOTE_EVERY_MS = 20_000;

const keyOf = (id: string) => ['intents', id];
const listOf = (connectionId: string) => ['connections', connectionId, 'intents'];
const ALL_WAITING = [...listOf('all'), 'waiting'];

/** Whether what was read under a key is of all orders that wait: others do not. */
export function isOfAllWaiting(key: QueryKey): boolean {
  return hashKey(key) === hashKey(ALL_WAITING);
}

/** The orders in what was read under a key; none where it is something else. */
export function intentsIn([of, , part]: QueryKey, data: unknown): readonly Intent[] {
  if (data === undefined) return [];
  if (of === 'intents') return [data as Intent];
  return of === 'connections' && part === 'intents' ? (data as Intent[]) : [];
}

export function useIntent(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keyOf(id),
    queryFn: async ({ signal }) =>
      (await api.get<ShownIntent>(`/intents/${encodeURIComponent(id)}`, { signal })).data.intent,
    ...usePolling<Intent>((data) => data !== undefined && (EVERY_MS[data.state] ?? false)),
  });
}

/** What was asked for over this gateway, the newest first, whether or not IBKR ever had it. */
export function useOrderStories(connectionId: string) {
  return useQuery({
    ...storiesQuery(useApi(), connectionId),
    ...usePolling<Intent[]>((data) =>
      data?.some(({ state }) => MOVING.includes(state)) ? MOVING_LIST_EVERY_MS : LIST_EVERY_MS,
    ),
  });
}

/** Asks for it before there is anything to show it. */
export function useEarlyOrderStories(connectionId: string): void {
  usePrefetchQuery(storiesQuery(useApi(), connectionId));
}

function storiesQuery(api: ApiClient, connectionId: string) {
  return {
    queryKey: listOf(connectionId),
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      (await api.get<IntentList>(`/connections/${connectionId}/intents`, { signal })).data.items,
    staleTime: FRESH_MS,
  };
}

/** Those of all connections that wait for their owner, which are few: every page tells of them, and reads them once. */
export function useAllWaitingOrders({ everyMs = WAITING_EVERY_MS } = {}) {
  return useQuery({ ...waitingQuery(useApi()), ...usePolling(everyMs) });
}

/** Those of one connection. */
export function useWaitingOrders(id: string) {
  return useQuery({
    ...waitingQuery(useApi()),
    ...usePolling(WAITING_EVERY_MS),
    select: (all) => all.filter(({ connectionId }) => connectionId === id),
  });
}

function waitingQuery(api: ApiClient) {
  return {
    queryKey: ALL_WAITING,
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      (await api.get<IntentList>('/intents?waiting=true', { signal })).data.items,
    staleTime: FRESH_MS,
  };
}

/** Has the orders of a connection read again. */
export function refreshOrderStories(client: QueryClient, connectionId: string): void {
  for (const queryKey of [listOf(connectionId), ALL_WAITING]) void client.invalidateQueries({ queryKey });
}

/**
 * The owner's word on the order of `intent`, or on IBKR's question about it, exactly as it is there. `error` is about
 * what is asked now. `lostAt`: when the last answer was lost, in ms since 1970; whether it arrived is known from the
 * next look on, which is under way by then or begins when the device has a connection.
 */
export function useDecision(intent: Intent) {
  const api = useApi();
  const client = useQueryClient();
  const [asked, setAsked] = useState<{ state: IntentState; lostAt?: number }>();
  const queryKey = keyOf(intent.id);
  const { error, ...mutation } = useChange({
    mutationFn: async (decision: 'approve' | 'reject') => {
      const body: IntentDecision = decision === 'approve' ? yesTo(intent) : { decision };
      return (await api.post<ShownIntent>(`/intents/${intent.id}`, body)).data.intent;
    },
    onMutate: () => {
      setAsked({ state: intent.state });
      return intent.state;
    },
    onSuccess: async (decided) => {
      // A look that began before would bring the order back as it was.
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, decided);
      refreshOrderStories(client, decided.connectionId);
    },
    onError: (error, _, state) => {
      if (state && isAnswerLost(error)) setAsked({ state, lostAt: Date.now() });
      client.invalidateQueries({ queryKey });
    },
  });
  return { ...mutation, error: asked?.state === intent.state ? error : null, lostAt: asked?.lostAt };
}

function yesTo({ state, orderHash, question }: Intent): IntentDecision {
  return state === 'needs_reply' && question !== null
    ? { decision: 'accept_warnings', replyId: question.replyId }
    : { decision: 'approve', orderHash };
}

/** The price of a contract at present. */
export function useQuote(connectionId: string, conid: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['quotes', connectionId, conid],
    queryFn: async ({ signal }) => {
      const path = `/connections/${connectionId}/tools/get_quote`;
      return (await api.post<{ result: Quote }>(path, { conid }, { signal })).data.result;
    },
    ...usePolling(QUOTE_EVERY_MS),
  });
}
