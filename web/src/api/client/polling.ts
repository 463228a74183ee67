/** What a page asks again by itself: all that is looked at together asks so many times a minute, whatever it is. */
import { type QueryCache, useQueryClient } from '@tanstack/react-query';

const MOST_A_MINUTE = 6;
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
  refetchInterval: (query: {
    state: { data: Data | undefined; fetchFailureCount: number };
  }) => number | false;
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
    refetchInterval: ({ state: { data, fetchFailureCount } }) => {
      const once = wantedMs(pollEvery, data);
      if (once === false) return false;
      // What fails is tried several times, and so looked at less often.
      const wanted = once * Math.max(1, fetchFailureCount);
      if (isWaitedFor) return wanted;
      const left = MOST_A_MINUTE - wantedAMinute(cache, true);
      return Math.ceil(wanted * Math.max(1, wantedAMinute(cache, false) / left));
    },
    refetchIntervalInBackground: false,
  };
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
