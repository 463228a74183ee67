import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Intent, IntentState, Quote } from './answers.ts';
import { useApi } from './api-client.ts';

/** While these last, news come without anybody doing something here. */
const UNSETTLED: readonly IntentState[] = ['sending', 'unknown', 'needs_reply'];
const UNSETTLED_EVERY_MS = 3_000;
const WORKING_EVERY_MS = 15_000;
const QUOTE_EVERY_MS = 10_000;

const keyOf = (id: string) => ['intents', id];

export function useIntent(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keyOf(id),
    queryFn: async ({ signal }) =>
      (await api.get<{ intent: Intent }>(`/intents/${encodeURIComponent(id)}`, { signal })).data.intent,
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined) return false;
      return data.state === 'working'
        ? WORKING_EVERY_MS
        : UNSETTLED.includes(data.state) && UNSETTLED_EVERY_MS;
    },
  });
}

/** The owner's word on the order of `intent`, or on IBKR's question about it, exactly as it is there. */
export function useDecision(intent: Intent) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (decision: 'approve' | 'reject') => {
      const body = decision === 'approve' ? yesTo(intent) : { decision };
      return (await api.post<{ intent: Intent }>(`/intents/${intent.id}`, body)).data.intent;
    },
    onSuccess: (decided) => client.setQueryData(keyOf(intent.id), decided),
    // The answer may be lost while the decision arrived: look.
    onError: () => client.invalidateQueries({ queryKey: keyOf(intent.id) }),
  });
}

function yesTo({ state, orderHash, question }: Intent) {
  return state === 'needs_reply'
    ? { decision: 'accept_warnings', replyId: question?.replyId }
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
    refetchInterval: QUOTE_EVERY_MS,
  });
}
