import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { type QueryCache, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { intentsIn, isOfAllWaiting } from './intents.ts';

/**
 * Something that follows from the orders that the page has read and still looks at: nothing is asked for besides.
 * @param derive Of the orders, each once. What it tells has to be comparable by `Object.is`.
 */
export function useShownIntents<Derived>(derive: (intents: readonly Intent[]) => Derived): Derived {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => derive(shownIntents(cache)),
  );
}

/** Has orders and news read again when this browser is told of news, also in a page that nobody looks at. */
export function useRefreshOnNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    const { serviceWorker } = navigator;
    // Absent where a page is not trusted.
    if (serviceWorker === undefined) return;
    const refresh = () => {
      void client.invalidateQueries({
        predicate: ({ queryKey: [of, , part] }) => of === 'intents' || of === 'news' || part === 'intents',
      });
    };
    serviceWorker.addEventListener('message', refresh);
    return () => serviceWorker.removeEventListener('message', refresh);
  }, [client]);
}

/** As they were last read: once all that wait are known, what was read before of others is over. */
function shownIntents(cache: QueryCache): Intent[] {
  const reads = cache
    .findAll({ type: 'active' })
    .toSorted((a, b) => a.state.dataUpdatedAt - b.state.dataUpdatedAt);
  const known = new Map<string, Intent>();
  for (const { queryKey, state } of reads) {
    if (isOfAllWaiting(queryKey)) known.clear();
    for (const intent of intentsIn(queryKey, state.data)) known.set(intent.id, intent);
  }
  return [...known.values()];
}
