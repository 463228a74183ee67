import type {
  ConsentDecision,
  ConsentRequest,
  ConsentResult,
} from '@ibkr-gateway/functions/contract/access/consent';
import { useQuery } from '@tanstack/react-query';
import { failureCode } from '../format/words/failure-words.ts';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';

export function useConsentRequest(uid: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['consent', uid],
    queryFn: async ({ signal }) =>
      (await api.get<ConsentRequest>(`/consent/${encodeURIComponent(uid)}`, { signal })).data,
  });
}

/** Answers the host; the browser then has to go to `redirectTo`. */
export function useConsentAnswer(uid: string) {
  const api = useApi();
  return useChange({
    mutationFn: async (answer: ConsentDecision) =>
      (await api.post<ConsentResult>(`/consent/${encodeURIComponent(uid)}`, answer)).data,
    onSuccess: ({ redirectTo }) => window.location.assign(redirectTo),
  });
}

/** Whether a request can no longer be answered here, whatever is tried. */
export function isOver(error: unknown): boolean {
  return ['not_found', 'interaction_expired'].includes(failureCode(error));
}
