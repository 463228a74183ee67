import type { SubscriptionList } from '@ibkr-gateway/functions/contract/access/subscription';
import { useQuery } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';

/** Where apps and keys have the news of a connection sent. */
export function useSubscriptions(connectionId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['connections', connectionId, 'subscriptions'],
    queryFn: async ({ signal }) =>
      (await api.get<SubscriptionList>(`/connections/${connectionId}/subscriptions`, { signal })).data.items,
  });
}
