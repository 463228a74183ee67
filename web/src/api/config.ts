import type { DemoSignIn, PublicConfig } from '@ibkr-gateway/functions/contract/site';
import { useQuery } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';
import { readPublic } from './client/http.ts';

/** {@link usePublicConfig}, and whether it failed. */
export function useConfigQuery() {
  return useQuery({
    queryKey: ['config'],
    queryFn: ({ signal }) => readPublic<PublicConfig>('/api/config', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What the deployment is set to; undefined until that is known. */
export function usePublicConfig(): PublicConfig | undefined {
  return useConfigQuery().data;
}

/** Whether what the deployment is set to is on its way. */
export function useIsConfigPending(): boolean {
  return useConfigQuery().isPending;
}

/** On one's own machine, a user of the simulated IBKR; undefined elsewhere, and until that is known. */
export function useDemoSignIn(): DemoSignIn | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['demo-sign-in'],
    queryFn: async ({ signal }) => (await api.get<DemoSignIn>('/demo-sign-in', { signal })).data,
    enabled: isOwnMachine(),
    retry: false,
  });
  return data;
}

export function isOwnMachine(): boolean {
  return ['localhost', '127.0.0.1'].includes(window.location.hostname);
}
