import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiKey, Scope } from './answers.ts';
import { useApi } from './api-client.ts';

const keysOf = (connectionId: string) => ['connections', connectionId, 'keys'];

/** The keys of a connection, the newest first, those that ended included. */
export function useKeys(connectionId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keysOf(connectionId),
    queryFn: async ({ signal }) =>
      (await api.get<{ items: ApiKey[] }>(`/connections/${connectionId}/keys`, { signal })).data.items,
  });
}

export interface NewKey {
  label: string;
  scope: Scope;
  expiresAt?: string;
  allowedIps?: string[];
}

/** Makes a key; `apiKey` of the answer is its text, told this once. */
export function useNewKey(connectionId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (fields: NewKey) =>
      (await api.post<{ key: ApiKey; apiKey: string }>(`/connections/${connectionId}/keys`, fields)).data,
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf(connectionId) }),
  });
}

export function useChangeKey(connectionId: string, keyId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (changes: Partial<Pick<ApiKey, 'label' | 'limits' | 'approval' | 'allowedIps'>>) => {
      await api.patch(`/keys/${keyId}`, changes);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf(connectionId) }),
  });
}

export function useRevokeKey(connectionId: string, keyId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await api.delete(`/keys/${keyId}`);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf(connectionId) }),
  });
}
