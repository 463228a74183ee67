/** Adding, changing, testing and deleting connections. */
import type {
  AddedConnection,
  ConnectionChanges,
  ConnectionCheck,
  ConnectionTest,
  GatewayAddress,
  NewConnection,
  OwnersAct,
} from '@ibkr-gateway/functions/contract/connection';
import type { KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { isChangedElsewhere } from '../format/words/failure-words.ts';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import { usePolling } from './client/polling.ts';
import { toolKey } from './tools.ts';

export function useAddConnection() {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (fields: NewConnection) =>
      (await api.post<AddedConnection>('/connections', fields)).data,
    onSuccess: () => client.invalidateQueries({ queryKey: ['connections'], exact: true }),
  });
}

export function useChangeConnection(id: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (changes: ConnectionChanges) => {
      await api.patch(`/connections/${id}`, changes);
    },
    onSuccess: async (_, { currentAccountId, secrets, address }) => {
      if (secrets ?? address) client.invalidateQueries({ queryKey: ['connections', id, 'address'] });
      // What was read of the account before is of another one.
      if (currentAccountId !== undefined) client.invalidateQueries({ queryKey: ['tools', id] });
      await refreshConnection(client, id);
    },
    onError: async (error) => {
      if (!isChangedElsewhere(error)) return;
      client.invalidateQueries({ queryKey: ['connections', id, 'address'] });
      await refreshConnection(client, id);
    },
  });
}

/**
 * @param label What it is called when it is said to be gone.
 * @param onDeleted Called even if the page that asked is gone by then, since what it showed does not exist any more.
 */
export function useDeleteConnection(id: string, label: string, onDeleted: () => void) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async () => {
      await api.delete(`/connections/${id}`);
    },
    meta: { done: `${label} is deleted.` },
    onSuccess: () => {
      onDeleted();
      return client.invalidateQueries({ queryKey: ['connections'], exact: true });
    },
  });
}

/** Where a gateway is, as it was entered. */
export function useGatewayAddress(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['connections', id, 'address'],
    queryFn: async ({ signal }) =>
      (await api.get<GatewayAddress>(`/connections/${id}/address`, { signal })).data.url,
  });
}

/** Signs in to IBKR over a connection, step by step. */
export function useTestConnection(id: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async () => (await api.post<ConnectionTest>(`/connections/${id}/test`)).data,
    onSuccess: () => refreshConnection(client, id),
  });
}

/** What the owner does about a second factor, step by step. */
export function useOwnersAct(id: string, onSignedIn?: () => void) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (act: OwnersAct) =>
      (await api.post<ConnectionTest>(`/connections/${id}/sign-in`, act)).data,
    onSuccess: async ({ ok }, { act }) => {
      if (!ok) {
        // Another factor may be wanted now; a look changes nothing.
        if (act !== 'look') client.invalidateQueries({ queryKey: ['tools', id] });
        return;
      }
      onSignedIn?.();
      // What could not be read without a session can be now.
      client.invalidateQueries({ queryKey: ['tools', id] });
      await refreshConnection(client, id);
    },
  });
}

/** Which leaves all else on the page one call a minute. */
const LOOKS_EVERY_MS = 12_000;

/** Has somebody look at a sign-in again and again, and whenever the page is seen again. */
export function useSignInLooks(id: string, look: () => void) {
  useQuery({
    queryKey: ['sign-ins', id],
    queryFn: () => {
      look();
      return null;
    },
    gcTime: 0,
    ...usePolling(LOOKS_EVERY_MS, { isWaitedFor: true }),
  });
}

/**
 * What is wrong with a form for a connection that is being filled in, by field; undefined until that is known.
 * @param secrets What is filled in so far. Kept no longer than the form is open.
 */
export function useSecretsCheck(kind: KindWithSecrets, secrets: Record<string, unknown>) {
  const api = useApi();
  return useQuery({
    queryKey: ['checks', kind, secrets],
    queryFn: async ({ signal }) => {
      const body = { kind, ...secrets };
      return (await api.post<ConnectionCheck>('/connections/check', body, { signal })).data.fields;
    },
    enabled: Object.keys(secrets).length > 0,
    placeholderData: keepPreviousData,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Reads a connection again, but nothing that IBKR would have to be asked for except how its session stands. */
function refreshConnection(client: QueryClient, id: string) {
  return Promise.all([
    client.invalidateQueries({ queryKey: ['connections'], exact: true }),
    client.invalidateQueries({ queryKey: ['connections', id], exact: true }),
    client.invalidateQueries({ queryKey: toolKey(id, 'get_connection_status') }),
  ]);
}
