import type { PublicConfig } from '@ibkr-gateway/functions/contract/site';
import { useQuery } from '@tanstack/react-query';
import { readPublic } from './http.ts';

/** For how many days the deployment keeps the activity; undefined until that is known. */
export function useAuditDays(): number | undefined {
  const { data } = useQuery({
    queryKey: ['config'],
    queryFn: ({ signal }) => readPublic<PublicConfig>('/api/config', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.auditDays;
}
