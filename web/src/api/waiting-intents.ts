import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { type QueryCache, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { intentsIn } from './intents.ts';

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

function shownIntents(cache: QueryCache): Intent[] {
  const read = cache
    .findAll({ type: 'active' })
    .flatMap(({ queryKey, state }) => intentsIn(queryKey, state.data));
  return [...new Map(read.map((intent) => [intent.id, intent])).values()];
}
