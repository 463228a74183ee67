import type { CallList } from '@ibkr-gateway/functions/contract/audit';
import type { ChannelList } from '@ibkr-gateway/functions/contract/news/channels';
import { useQuery } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';

/** Which of the first steps somebody has taken that no other list tells. */
export function useFirstSteps(isWanted: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['first-steps'],
    queryFn: async ({ signal }) => {
      const hasCall = async (tool: string) =>
        (await api.get<CallList>('/audit', { params: { tool, limit: 1 }, signal })).data.items.length > 0;
      const [hasApproved, hasDeclined, { data: channels }] = await Promise.all([
        hasCall('order.approve'),
        hasCall('order.reject'),
        api.get<ChannelList>('/channels', { signal }),
      ]);
      return { hasDecided: hasApproved || hasDeclined, hasChannels: channels.items.length > 0 };
    },
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isWanted,
  });
}
