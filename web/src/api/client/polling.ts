/** What a page asks again by itself: all that is looked at together asks so many times a minute, whatever it is. */
import { type QueryCache, useQueryClient } from '@tanstack/react-query';

const MOST_A_MINUTE = 6;
const MINUTE_MS = 60_000;

/** How often something is to be read again, in ms, or never; perhaps by what it was when it was last read. */
export type PollEvery<Data> = number | false | ((data: Data | undefined) => number | false);

interface Polling<Data> {
  meta: { pollEvery: PollEvery<Data> };
  refetchInterval: (query: { state: { data: Data | undefined } }) => number | false;
  refetchIntervalInBackground: false;
}

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { pollEvery?: PollEvery<never> };
  }
}

/** Options of a query that is read again this often, or less where more than a few are: never while nobody sees the page. */
export function usePolling(pollEvery: number | false): Polling<unknown>;
export function usePolling<Data>(pollEvery: PollEvery<Data>): Polling<Data>;
export function usePolling<Data>(pollEvery: PollEvery<Data>): Polling<Data> {
  return pollingOf(useQueryClient().getQueryCache(), pollEvery);
}

/** {@link usePolling} of whatever is read into a cache. */
export function pollingOf<Data>(cache: QueryCache, pollEvery: PollEvery<Data>): Polling<Data> {
  return {
    meta: { pollEvery },
    refetchInterval: ({ state: { data } }) => {
      const wanted = wantedMs(pollEvery, data);
      return wanted && Math.ceil(wanted * Math.max(1, wantedAMinute(cache) / MOST_A_MINUTE));
    },
    refetchIntervalInBackground: false,
  };
}

function wantedMs<Data>(pollEvery: PollEvery<Data>, data: Data | undefined): number | false {
  return typeof pollEvery === 'function' ? pollEvery(data) : pollEvery;
}

/** How often all that is looked at would be read again. */
function wantedAMinute(cache: QueryCache): number {
  return cache
    .findAll({ type: 'active' })
    .map(({ meta, state }) => wantedMs(meta?.pollEvery ?? false, state.data as never))
    .reduce<number>((sum, everyMs) => sum + (everyMs === false ? 0 : MINUTE_MS / everyMs), 0);
}
