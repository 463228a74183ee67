import type { PublicConfig } from '@ibkr-gateway/functions/contract/site';
import { useQuery } from '@tanstack/react-query';
import { readPublic } from './http.ts';

/** What the deployment is set to; undefined until that is known. */
export function usePublicConfig(): PublicConfig | undefined {
  const { data } = useQuery({
    queryKey: ['config'],
    queryFn: ({ signal }) => readPublic<PublicConfig>('/api/config', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
