import type { Reference } from '@ibkr-gateway/functions/contract/site';
import { useQuery } from '@tanstack/react-query';
import axios from 'axios';

/** The reference; anybody may read it, and it stays the same for as long as a page is open. */
export function useReference() {
  return useQuery({
    queryKey: ['reference'],
    queryFn: async ({ signal }) => (await axios.get<Reference>('/api/reference', { signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
