import type { Reference } from '@ibkr-gateway/functions/contract/site';
import { useQuery } from '@tanstack/react-query';
import { readPublic } from './client/http.ts';

/** The reference; anybody may read it, and it stays the same for as long as a page is open. */
export function useReference() {
  return useQuery({
    queryKey: ['reference'],
    queryFn: ({ signal }) => readPublic<Reference>('/api/reference', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
