import type {
  AuditRecord,
  AuditVerification,
  Call,
  CallList,
  CallOutcome,
  RecordList,
  Usage,
} from '@ibkr-gateway/functions/contract/audit';
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useApi } from '../client/api-client.ts';
import { useChange } from '../client/change.ts';
import type { ApiClient } from '../client/http.ts';
import { usePolling } from '../client/polling.ts';
import { nextPage, readPages } from '../pages.ts';
import { type CallRange, spanOf, usageSpanOf } from './call-range.ts';

export interface CallFilter extends CallRange {
  connectionId: string;
  outcome?: CallOutcome;
  tool?: string;
  /** The id of a key or an app's grant. */
  app?: string;
  /** The id of an order that calls were about. */
  order?: string;
  /** Words, all of which a call has. */
  text?: string;
  /** In ms. */
  slowerThan?: number;
}

/** A filter as the API takes it, of a range that ends now. */
function parametersOf({ last, from, to, ...exact }: CallFilter) {
  return {
    ...exact,
    ...spanOf({ ...(last && { last }), ...(from && { from }), ...(to && { to }) }, Date.now()),
  };
}

/** The calls that fit a filter, the newest first, page by page. */
export function useCalls(filter: CallFilter, isWanted: boolean) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: async ({ pageParam, signal }) =>
      (await api.get<CallList>('/audit', { params: { ...parametersOf(filter), ...pageParam }, signal })).data,
    initialPageParam: {},
    getNextPageParam: (page) => nextPage(page),
    enabled: isWanted,
  });
}

const NEW_EVERY_MS = 12_000;
/** A call is recorded under the time at which it began: those that take long come late. */
const LATE_MS = 30_000;
/** Asked for at a time, and shown before the list. */
const NEW_AT_ONCE = 500;
const MOST_NEW = 1_000;

/**
 * The calls that came after a list was read, the newest first. Where that is more than can be told, the list is read
 * anew: nothing may be missing between the two.
 * @param list.newestAt Of the newest call in it; undefined: it was empty.
 * @param list.readAt In ms since 1970.
 */
export function useNewCalls(
  filter: CallFilter,
  list: { newestAt: string | undefined; readAt: number },
  isWanted: boolean,
) {
  const api = useApi();
  const client = useQueryClient();
  const queryKey = ['audit', 'new', filter, list.readAt];
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const known = client.getQueryData<NewCalls>(queryKey)?.calls ?? [];
      const newestAt = known[0]?.at ?? list.newestAt;
      const since = newestAt && new Date(Date.parse(newestAt) - LATE_MS).toISOString();
      const params = { ...parametersOf(filter), ...(since && { since }), limit: NEW_AT_ONCE };
      const { data } = await api.get<CallList>('/audit', { params, signal });
      const calls = mergedCalls(data.items, known);
      return { calls, isCut: calls.length > MOST_NEW || isShortOf(newestAt, data) } satisfies NewCalls;
    },
    enabled: isWanted,
    ...usePolling(NEW_EVERY_MS),
  });
  const isCut = query.data?.isCut ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a filter is the same while its values are.
  useEffect(() => {
    if (!isCut) return;
    const listKey = ['audit', filter];
    // Its beginning alone: the rest is older by as much as came.
    client.setQueryData<InfiniteData<CallList>>(
      listKey,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
      { updatedAt: list.readAt },
    );
    void client.invalidateQueries({ queryKey: listKey, exact: true });
  }, [isCut, list.readAt]);
  return query;
}

interface NewCalls {
  calls: Call[];
  /** Calls came that are neither here nor in the list. */
  isCut: boolean;
}

/** Whether an answer that is not the last page ends before it comes to a call that is known. */
function isShortOf(knownAt: string | undefined, { items, nextCursor, searched }: CallList): boolean {
  if (knownAt === undefined || nextCursor === null) return false;
  const reached = searched === null ? items.at(-1)?.at : searched.since;
  return reached != null && Date.parse(reached) > Date.parse(knownAt);
}

/** Each call once, the newest first. */
export function mergedCalls(...lists: readonly (readonly Call[])[]): Call[] {
  const calls = new Map(lists.flat().map((call) => [call.id, call]));
  return [...calls.values()].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** How much was called over time, of one tool, key or app or of all. */
export function useUsage({ connectionId, tool, app, ...range }: CallFilter, isWanted: boolean) {
  const api = useApi();
  const of = { connectionId, ...(tool && { tool }), ...(app && { app }) };
  return useQuery({
    queryKey: ['audit', 'usage', of, range.last, range.from, range.to],
    queryFn: async ({ signal }) => {
      const params = { ...of, ...usageSpanOf(range, Date.now()) };
      return (await api.get<Usage>('/audit/usage', { params, signal })).data;
    },
    staleTime: USAGE_FRESH_MS,
    enabled: isWanted,
  });
}

/** It is read from thousands of records. */
const USAGE_FRESH_MS = 60_000;

/** Has the records of a connection verified, when asked to. */
export function useVerification(connectionId: string) {
  const api = useApi();
  return useChange({
    mutationFn: async () =>
      (await api.get<AuditVerification>(`/connections/${connectionId}/audit/verify`)).data,
  });
}

const EXPORT_PAGE = 500;

/** All calls that fit a filter, the newest first; a page at a time, however many there are. */
export async function* readCalls(
  api: ApiClient,
  filter: CallFilter,
  signal: AbortSignal,
): AsyncGenerator<Call[]> {
  const query = { ...parametersOf(filter), limit: EXPORT_PAGE };
  for await (const { items } of readPages<CallList>(api, '/audit', query, signal)) yield items;
}

/**
 * All records of who is signed in, of all connections, in the order of their chains; a page at a time, so that none has to
 * be held longer than it takes to write it down.
 */
export async function* readRecords(api: ApiClient, signal: AbortSignal): AsyncGenerator<AuditRecord[]> {
  const pages = readPages<RecordList>(api, '/audit/records', { limit: EXPORT_PAGE }, signal);
  for await (const { items } of pages) yield items;
}
