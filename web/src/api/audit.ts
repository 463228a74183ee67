import type {
  AuditRecord,
  AuditVerification,
  Call,
  CallList,
  CallOutcome,
  RecordList,
} from '@ibkr-gateway/functions/contract/audit';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';
import type { ApiClient } from './client/http.ts';
import { nextPage, readPages } from './pages.ts';

export interface CallFilter {
  connectionId: string;
  outcome?: CallOutcome;
  tool?: string;
  /** The id of a key or an app's grant. */
  app?: string;
}

/** The calls that fit a filter, the newest first, page by page. */
export function useCalls(filter: CallFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: async ({ pageParam, signal }) =>
      (await api.get<CallList>('/audit', { params: { ...filter, ...pageParam }, signal })).data,
    initialPageParam: {},
    getNextPageParam: (page) => nextPage(page),
  });
}

/** Has the records of a connection verified, when asked to. */
export function useVerification(connectionId: string) {
  const api = useApi();
  return useMutation({
    mutationFn: async () =>
      (await api.get<AuditVerification>(`/connections/${connectionId}/audit/verify`)).data,
  });
}

const EXPORT_PAGE = 500;
/** More than a spreadsheet is looked through for. */
export const MOST_EXPORTED = 20_000;

/**
 * All calls that fit a filter, the newest first.
 * @param onProgress Told how many there are so far.
 */
export async function readAllCalls(
  api: ApiClient,
  filter: CallFilter,
  onProgress: (count: number) => void,
  signal: AbortSignal,
): Promise<Call[]> {
  const calls: Call[] = [];
  const query = { ...filter, limit: EXPORT_PAGE };
  for await (const page of readPages<CallList>(api, '/audit', query, signal)) {
    calls.push(...page.items);
    onProgress(calls.length);
    if (calls.length >= MOST_EXPORTED) break;
  }
  return calls;
}

/**
 * All records of who is signed in, of all connections, in the order of their chains; a page at a time, so that none has to
 * be held longer than it takes to write it down.
 */
export async function* readRecords(api: ApiClient, signal: AbortSignal): AsyncGenerator<AuditRecord[]> {
  const pages = readPages<RecordList>(api, '/audit/records', { limit: EXPORT_PAGE }, signal);
  for await (const { items } of pages) yield items;
}
