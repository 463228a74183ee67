import { useInfiniteQuery } from '@tanstack/react-query';
import type { AxiosInstance } from 'axios';
import { useApi } from './api-client.ts';

/** One call of a tool by an app or by the owner in the console, or what the owner did there. */
export interface Call {
  id: string;
  at: string;
  source: 'api_key' | 'oauth' | 'console';
  /** The key's label, or the app's name, as it was then. */
  credentialLabel: string;
  clientName: string;
  clientVersion: string;
  tool: string;
  /** JSON, cut off where it was long. */
  arguments: string;
  scope: 'read' | 'write';
  /** Where it came from, and what its request is called in the log; null in old records. */
  address: string | null;
  requestId: string | null;
  outcome: 'ok' | 'error';
  errorCode: string | null;
  errorMessage: string | null;
  intentId: string | null;
  milliseconds: number;
  upstreamCalls: number;
}

export interface CallFilter {
  connectionId: string;
  outcome?: Call['outcome'];
  tool?: string;
  /** The id of a key or an app's grant. */
  app?: string;
}

interface Page {
  items: Call[];
  nextCursor: string | null;
}

/** The calls that fit a filter, the newest first, page by page. */
export function useCalls(filter: CallFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => readPage(api, { ...filter, ...pageParam }, signal),
    initialPageParam: {},
    getNextPageParam: ({ nextCursor }) => (nextCursor === null ? undefined : { cursor: nextCursor }),
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
  api: AxiosInstance,
  filter: CallFilter,
  onProgress: (count: number) => void,
  signal: AbortSignal,
): Promise<Call[]> {
  const calls: Call[] = [];
  let next: { cursor?: string } | null = {};
  while (next !== null && calls.length < MOST_EXPORTED) {
    const page: Page = await readPage(api, { ...filter, ...next, limit: EXPORT_PAGE }, signal);
    calls.push(...page.items);
    onProgress(calls.length);
    next = page.nextCursor === null ? null : { cursor: page.nextCursor };
  }
  return calls;
}

async function readPage(api: AxiosInstance, params: object, signal: AbortSignal): Promise<Page> {
  return (await api.get<Page>('/audit', { params, signal })).data;
}
