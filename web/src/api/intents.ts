import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Intent, IntentState, Quote } from './answers.ts';
import { useApi } from './api-client.ts';

/** While these last, news come without anybody doing something here. */
const UNSETTLED: readonly IntentState[] = ['sending', 'working', 'unknown', 'needs_reply'];
const UNSETTLED_EVERY_MS = 3_000;
const QUOTE_EVERY_MS = 10_000;

const keyOf = (id: string) => ['intents', id];

export function useIntent(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keyOf(id),
    queryFn: async ({ signal }) =>
      (await api.get<{ intent: Intent }>(`/intents/${encodeURIComponent(id)}`, { signal })).data.intent,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && UNSETTLED.includes(data.state) ? UNSETTLED_EVERY_MS : false,
  });
}

/** The owner's word on the order of `intent`, exactly as it is there; a yes also accepts IBKR's question. */
export function useDecision(intent: Intent) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (decision: 'approve' | 'reject') => {
      const body = decision === 'approve' ? { decision, orderHash: intent.orderHash } : { decision };
      return (await api.post<{ intent: Intent }>(`/intents/${intent.id}`, body)).data.intent;
    },
    onSuccess: (decided) => client.setQueryData(keyOf(intent.id), decided),
    // The answer may be lost while the decision arrived: look.
    onError: () => client.invalidateQueries({ queryKey: keyOf(intent.id) }),
  });
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
    refetchInterval: QUOTE_EVERY_MS,
  });
}
