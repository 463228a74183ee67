import type {
  Channel,
  ChannelChanges,
  ChannelList,
  ChannelTest,
  CreatedChannel,
  DeliveryList,
  NewChannel,
} from '@ibkr-gateway/functions/contract/news/channels';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../client/api-client.ts';
import { useChange } from '../client/change.ts';
import { nextPage } from '../pages.ts';

const CHANNELS = ['channels'];
const deliveriesOf = (channelId: string) => [...CHANNELS, channelId, 'deliveries'];

/** Where a person's news goes, the oldest first. */
export function useChannels() {
  const api = useApi();
  return useQuery({
    queryKey: CHANNELS,
    queryFn: async ({ signal }) => (await api.get<ChannelList>('/channels', { signal })).data.items,
  });
}

/** Makes a channel; `secret` of the answer is told this once. */
export function useNewChannel() {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (fields: NewChannel) => (await api.post<CreatedChannel>('/channels', fields)).data,
    // An address for mail is there though the mail to it did not go.
    onSettled: () => client.invalidateQueries({ queryKey: CHANNELS }),
  });
}

/** What is done to one channel; after each, the list is asked for again. */
export function useChannelActs({ id, label }: Channel) {
  const api = useApi();
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: CHANNELS });
  const change = useChange({
    mutationFn: async (changes: ChannelChanges) => {
      await api.patch(`/channels/${id}`, changes);
    },
    onSettled,
  });
  const remove = useChange({
    mutationFn: async () => {
      await api.delete(`/channels/${id}`);
    },
    meta: { done: `${label} is deleted.`, takesAway: id },
    onSettled,
  });
  const replaceSecret = useChange({
    mutationFn: async () => (await api.post<CreatedChannel>(`/channels/${id}/secret`)).data,
    onSettled,
  });
  const test = useChange({
    mutationFn: async () => (await api.post<ChannelTest>(`/channels/${id}/test`)).data.attempt,
  });
  const askAgain = useChange({
    mutationFn: async () => {
      await api.post(`/channels/${id}/confirmation`);
    },
    onSettled,
  });
  return { change, remove, replaceSecret, test, askAgain };
}

/** What became of the news that went to a channel, the newest first, page by page. */
export function useDeliveries(channelId: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: deliveriesOf(channelId),
    queryFn: async ({ pageParam, signal }) =>
      (await api.get<DeliveryList>(`/channels/${channelId}/deliveries`, { params: pageParam, signal })).data,
    initialPageParam: {},
    getNextPageParam: (page) => nextPage(page),
  });
}

/** Has a delivery tried once more. */
export function useReplay(channelId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async (deliveryId: string) => {
      await api.post(`/deliveries/${deliveryId}/replay`);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: deliveriesOf(channelId) }),
  });
}
