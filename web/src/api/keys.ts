import type {
  ApiKeyChanges,
  ApiKeyList,
  CreatedApiKey,
  NewApiKey,
} from '@ibkr-gateway/functions/contract/access/api-key';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { isChangedElsewhere } from '../format/words/failure-words.ts';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import { usePolling } from './client/polling.ts';

const keysOf = (connectionId: string) => ['connections', connectionId, 'keys'];

/**
 * The keys of a connection, the newest first, those that ended included.
 * @param options.everyMs Read again this often while the page is seen; never by default.
 */
export function useKeys(connectionId: string, { everyMs }: { everyMs?: number } = {}) {
  const api = useApi();
  return useQuery({
    queryKey: keysOf(connectionId),
    queryFn: async ({ signal }) =>
      (await api.get<ApiKeyList>(`/connections/${connectionId}/keys`, { signal })).data.items,
    ...usePolling(everyMs ?? false),
  });
}

/** Makes a key; `apiKey` of the answer is its text, told this once. */
export function useNewKey(connectionId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (fields: NewApiKey) =>
      (await api.post<CreatedApiKey>(`/connections/${connectionId}/keys`, fields)).data,
    isAlwaysSame: true,
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf(connectionId) }),
  });
}

export function useChangeKey(connectionId: string, keyId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (changes: ApiKeyChanges) => {
      await api.patch(`/keys/${keyId}`, changes);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf(connectionId) }),
    onError: async (error) => {
      if (isChangedElsewhere(error)) await client.invalidateQueries({ queryKey: keysOf(connectionId) });
    },
  });
}

/** @param name What the key is called when that is said. */
export function useRevokeKey(connectionId: string, keyId: string, name: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async () => {
      await api.delete(`/keys/${keyId}`);
    },
    meta: { done: `The key ${name} is revoked.`, takesAway: keyId },
    onSuccess: () => client.invalidateQueries({ queryKey: keysOf(connectionId) }),
  });
}
