import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { useEffect } from 'react';
import { useAllWaitingOrders } from '../../api/intents.ts';
import { useRefreshOnNews, useShownIntents } from '../../api/waiting-intents.ts';
import { isWaiting } from './waiting.ts';

/** Tells in the title of the tab and on the icon of the app how many orders wait, of all connections on every page. */
export function WaitingCount() {
  useAllWaitingOrders();
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
