import type { ToolOutputs } from '@ibkr-gateway/functions/contract/tool-outputs/by-name';
import {
  keepPreviousData,
  type UseQueryResult,
  usePrefetchQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';
import type { ApiClient } from './client/http.ts';
import { usePolling } from './client/polling.ts';

/** IBKR is paced: what was read this recently is not read again only because somebody looks again. */
const FRESH_MS = 30_000;

interface ToolQueryOptions {
  /** Read again this often while the page is seen; never by default. */
  everyMs?: number;
  /** False while there is nothing to ask yet. */
  enabled?: boolean;
  /** Goes on showing the last result while other arguments are asked for. */
  keepLast?: boolean;
  freshMs?: number;
}

/** Of everything a tool has answered for a connection. */
export const toolKey = (connectionId: string, name: string) => ['tools', connectionId, name];

/** What a read tool answers for a connection, as a model would get it. */
export function useTool<Name extends keyof ToolOutputs>(
  connectionId: string,
  name: Name,
  args: Record<string, unknown>,
  { everyMs, enabled = true, keepLast = false, freshMs }: ToolQueryOptions = {},
): UseQueryResult<ToolOutputs[Name]> {
  const api = useApi();
  return useQuery<ToolOutputs[Name]>({
    ...toolQuery(api, connectionId, name, args, freshMs),
    ...usePolling(everyMs ?? false),
    enabled,
    ...(keepLast && { placeholderData: keepPreviousData }),
  });
}

/** Asks once more for all that tools could not answer for a connection, of what the page shows. */
export function useRetryFailed(connectionId: string): () => void {
  const client = useQueryClient();
  return () => {
    void client.refetchQueries({
      queryKey: ['tools', connectionId],
      type: 'active',
      predicate: ({ state }) => state.error !== null,
    });
  };
}

/** Asks for it before there is anything to show it. */
export function useEarlyTool(
  connectionId: string,
  name: keyof ToolOutputs,
  args: Record<string, unknown>,
  { freshMs }: Pick<ToolQueryOptions, 'freshMs'> = {},
): void {
  usePrefetchQuery(toolQuery(useApi(), connectionId, name, args, freshMs));
}

function toolQuery<Name extends keyof ToolOutputs>(
  api: ApiClient,
  connectionId: string,
  name: Name,
  args: Record<string, unknown>,
  freshMs = FRESH_MS,
) {
  return {
    queryKey: [...toolKey(connectionId, name), args],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const path = `/connections/${encodeURIComponent(connectionId)}/tools/${name}`;
      return (await api.post<{ result: ToolOutputs[Name] }>(path, args, { signal })).data.result;
    },
    staleTime: freshMs,
  };
}
