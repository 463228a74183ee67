import type { NewsList } from '@ibkr-gateway/functions/contract/news/news';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useApi } from '../client/api-client.ts';
import { nextPage } from '../pages.ts';

/** What happened on all connections that their owner is told of, the newest first, page by page. */
export function useNews() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['news'],
    queryFn: async ({ pageParam, signal }) =>
      (await api.get<NewsList>('/news', { params: pageParam, signal })).data,
    initialPageParam: {},
    getNextPageParam: (page) => nextPage(page),
  });
}
