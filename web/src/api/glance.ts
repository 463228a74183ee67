import type { Glance, GlanceList } from '@ibkr-gateway/functions/contract/glance';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';
import { usePolling } from './client/polling.ts';

const EVERY_MS = 60_000;
/** While something is not known yet. */
const UNKNOWN_EVERY_MS = 30_000;

/**
 * How all connections stand, by their id. What a connection was last worth stays, with its time, where the latest answer
 * does not know it.
 */
export function useGlance() {
  const api = useApi();
  const client = useQueryClient();
  const queryKey = ['connections', 'all', 'glance'];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const { items } = (await api.get<GlanceList>('/glance', { signal })).data;
      const before = client.getQueryData<Map<string, Glance>>(queryKey);
      return new Map(
        items.map((item) => {
          const value = item.value ?? before?.get(item.connectionId)?.value ?? null;
          return [item.connectionId, { ...item, value }];
        }),
      );
    },
    ...usePolling<Map<string, Glance>>((data) =>
      [...(data?.values() ?? [])].some(({ value }) => value === null) ? UNKNOWN_EVERY_MS : EVERY_MS,
    ),
  });
}
