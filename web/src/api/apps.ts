import type { AppChanges, AppList } from '@ibkr-gateway/functions/contract/access/app';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { isChangedElsewhere } from '../format/words/failure-words.ts';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import { usePolling } from './client/polling.ts';

const appsOf = (connectionId: string) => ['connections', connectionId, 'apps'];

/**
 * The hosts that may use a connection.
 * @param options.everyMs Read again this often while the page is seen; never by default.
 */
export function useApps(connectionId: string, { everyMs }: { everyMs?: number } = {}) {
  return useAppList(connectionId, ({ items }) => items, everyMs);
}

/** Those that lost their access because a code or a token was used again. */
export function useReplayedApps(connectionId: string) {
  return useAppList(connectionId, ({ replayed }) => replayed);
}

function useAppList<Part>(connectionId: string, select: (list: AppList) => Part, everyMs?: number) {
  const api = useApi();
  return useQuery({
    queryKey: appsOf(connectionId),
    queryFn: async ({ signal }) =>
      (await api.get<AppList>('/apps', { params: { connectionId }, signal })).data,
    select,
    ...usePolling(everyMs ?? false),
  });
}

export function useChangeApp(connectionId: string, grantId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (changes: AppChanges) => {
      await api.patch(`/apps/${grantId}`, changes);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: appsOf(connectionId) }),
    onError: async (error) => {
      if (isChangedElsewhere(error)) await client.invalidateQueries({ queryKey: appsOf(connectionId) });
    },
  });
}

/** @param name What the app is called when that is said. */
export function useRevokeApp(connectionId: string, grantId: string, name: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async () => {
      await api.delete(`/apps/${grantId}`);
    },
    meta: { done: `${name} is revoked.`, takesAway: grantId },
    onSuccess: () => client.invalidateQueries({ queryKey: appsOf(connectionId) }),
  });
}
