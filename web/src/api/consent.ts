import { useMutation, useQuery } from '@tanstack/react-query';
import type { ApprovalMode } from './answers.ts';
import { useApi } from './api-client.ts';
import { failureCode } from './failure-words.ts';

export type Scope = 'read' | 'write';

/** What a host asks for, and who it says it is. */
export interface ConsentRequest {
  client: {
    /** Its own name for itself, which proves nothing. */
    name: string;
    clientId: string;
    /** The host that its details were fetched from; null when it registered them itself. */
    host: string | null;
    verified: boolean;
    /** Where the answer goes. */
    redirectHost: string;
    /** The answer goes to a program on the person's own computer, and any program there could have asked. */
    isLocalApp: boolean;
  };
  requestedScopes: string[];
  earlierGrants: EarlierGrant[];
}

/** What this host was allowed before, and still is. */
export interface EarlierGrant {
  grantId: string;
  connectionId: string;
  scope: Scope;
  createdAt: string;
  lastUsedAt: string | null;
}

export interface ConsentAnswer {
  decision: 'approve' | 'deny';
  connectionId?: string;
  scope?: Scope;
  approval?: ApprovalMode;
  limits?: Record<string, number>;
  revokeEarlier?: boolean;
}

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
  return useMutation({
    mutationFn: async (answer: ConsentAnswer) =>
      (await api.post<{ redirectTo: string }>(`/consent/${encodeURIComponent(uid)}`, answer)).data,
    onSuccess: ({ redirectTo }) => window.location.assign(redirectTo),
  });
}

/** Whether a request can no longer be answered here, whatever is tried. */
export function isOver(error: unknown): boolean {
  return ['not_found', 'interaction_expired'].includes(failureCode(error));
}
