/** What a page asks again by itself: all that is looked at together asks so many times a minute, whatever it is. */
import { type QueryCache, useQueryClient } from '@tanstack/react-query';

const MOST_A_MINUTE = 6;
/** Of these, so that one is left for what failed. */
const MOST_POLLS_A_MINUTE = 5;
/** For all that nobody waits for, however often something else is asked for that somebody does. */
const LEAST_POLLS_A_MINUTE = 0.5;
const MINUTE_MS = 60_000;

/** How often something is to be read again, in ms, or never; perhaps by what it was when it was last read. */
export type PollEvery<Data> = number | false | ((data: Data | undefined) => number | false);

/** How queries say that they are read again. */
interface PollMeta extends Record<string, unknown> {
  pollEvery?: PollEvery<never>;
  /** Somebody waits for it: all else on the page shares what it leaves of the minute. */
  isWaitedFor?: boolean;
}

interface Polling<Data> {
  meta: PollMeta & { pollEvery: PollEvery<Data> };
  refetchInterval: (query: { state: { data: Data | undefined } }) => number | false;
  refetchIntervalInBackground: false;
}

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: PollMeta;
  }
}

/** Options of a query that is read again this often, or less where more than a few are: never while nobody sees the page. */
export function usePolling(pollEvery: number | false, options?: PollOptions): Polling<unknown>;
export function usePolling<Data>(pollEvery: PollEvery<Data>): Polling<Data>;
export function usePolling<Data>(pollEvery: PollEvery<Data>, options?: PollOptions): Polling<Data> {
  return pollingOf(useQueryClient().getQueryCache(), pollEvery, options);
}

type PollOptions = Pick<PollMeta, 'isWaitedFor'>;

/** {@link usePolling} of whatever is read into a cache. */
export function pollingOf<Data>(
  cache: QueryCache,
  pollEvery: PollEvery<Data>,
  { isWaitedFor = false }: PollOptions = {},
): Polling<Data> {
  return {
    meta: { pollEvery, isWaitedFor },
    refetchInterval: ({ state: { data } }) => {
      const wanted = wantedMs(pollEvery, data);
      if (wanted === false || isWaitedFor) return wanted;
      return Math.ceil(wanted * Math.max(1, wantedAMinute(cache, false) / leftAMinute(cache)));
    },
    refetchIntervalInBackground: false,
  };
}

/**
 * Whether what failed may be asked for once more now, to be asked before each time: what all queries of `cache` are asked
 * for by themselves, again or anew, comes to six calls a minute, however many fail at once.
 */
export function retryBudget(cache: QueryCache): () => boolean {
  let retried: number[] = [];
  return () => {
    const now = Date.now();
    retried = retried.filter((at) => now - at < MINUTE_MS);
    if (retried.length + 1 + pollsAMinute(cache) > MOST_A_MINUTE) return false;
    retried.push(now);
    return true;
  };
}

function pollsAMinute(cache: QueryCache): number {
  return wantedAMinute(cache, true) + Math.min(wantedAMinute(cache, false), leftAMinute(cache));
}

/** What is left of the minute for what nobody waits for. */
function leftAMinute(cache: QueryCache): number {
  return Math.max(LEAST_POLLS_A_MINUTE, MOST_POLLS_A_MINUTE - wantedAMinute(cache, true));
}

function wantedMs<Data>(pollEvery: PollEvery<Data>, data: Data | undefined): number | false {
  return typeof pollEvery === 'function' ? pollEvery(data) : pollEvery;
}

/** How often all that is looked at, and waited for or not, would be read again. */
function wantedAMinute(cache: QueryCache, isWaitedFor: boolean): number {
  return cache
    .findAll({ type: 'active', predicate: ({ meta }) => (meta?.isWaitedFor ?? false) === isWaitedFor })
    .map(({ meta, state }) => wantedMs(meta?.pollEvery ?? false, state.data as never))
    .reduce<number>((sum, everyMs) => sum + (everyMs === false ? 0 : MINUTE_MS / everyMs), 0);
}
