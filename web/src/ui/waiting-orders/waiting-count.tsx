import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { useAllWaitingOrders } from '../../api/intents.ts';
import { useRefreshOnNews, useShownIntents } from '../../api/waiting-intents.ts';
import { isWaiting } from './waiting.ts';

const EVERY_MS = 30_000;
/** These read the orders that they tell of. */
const READS_ORDERS = /^\/(connections|approve)(\/|$)/;

/**
 * Tells in the title of the tab and on the icon of the app how many orders wait, of those that the page looks at; of all
 * where it looks at none.
 */
export function WaitingCount() {
  const { pathname } = useLocation();
  useAllWaitingOrders({ everyMs: EVERY_MS, isWanted: !READS_ORDERS.test(pathname) });
  useRefreshOnNews();
  const count = useShownIntents(countWaiting);
  useEffect(() => showInTitle(count), [count]);
  useEffect(() => {
    // It is there for a site that was installed as an app, and may be refused to others.
    if ('setAppBadge' in navigator) navigator.setAppBadge(count).catch(() => {});
  }, [count]);
  return null;
}

function countWaiting(intents: readonly Intent[]): number {
  return intents.filter(isWaiting).length;
}

/** Pages set their title themselves, whenever they like. @returns what ends it. */
function showInTitle(count: number): () => void {
  const title = document.querySelector('title');
  const show = (prefix: string) => {
    const shown = prefix + document.title.replace(/^\(\d+\) /, '');
    if (document.title !== shown) document.title = shown;
  };
  const showCount = () => show(count === 0 ? '' : `(${count}) `);
  showCount();
  const observer = new MutationObserver(showCount);
  if (title !== null) observer.observe(title, { childList: true });
  return () => {
    observer.disconnect();
    show('');
  };
}
