/** What a change of an intent is worth telling its owner. */
import type { OrderNewsType } from '../../contract/news/news.ts';
import type { OrderIntent } from './intent.ts';
import { isWaiting } from './intent-states.ts';

/** One thing to tell of an order. */
export interface OrderNews {
  /** The same for the same change, however often it is worked out. */
  id: string;
  type: OrderNewsType;
}

/** What is new in `after`; `before` is null for an order that nobody knew of. */
export function orderNews(before: OrderIntent | null, after: OrderIntent): OrderNews[] {
  const filled = after.filledQuantity ?? 0;
  const hasChanged = after.state !== before?.state;
  const types: OrderNewsType[] = [];
  if (isForOwner(after) && (hasChanged || after.question?.replyId !== before?.question?.replyId)) {
    types.push('order.waiting');
  }
  if (hasChanged && after.state === 'filled') types.push('order.filled');
  else if (filled > (before?.filledQuantity ?? 0)) types.push('order.partly_filled');
  if (hasChanged && after.state === 'rejected') types.push('order.refused');
  if (hasChanged && after.state === 'unknown') types.push('order.unknown');
  if (before?.state === 'unknown' && (after.state === 'working' || after.state === 'cancelled')) {
    types.push('order.found');
  }
  const change = `${after.id}-${after.history.length}-${filled}`;
  return types.map((type) => ({ id: `${change}-${type}`.replaceAll(/[^\w-]/g, '_'), type }));
}

/** Where the model says yes, the app that asked hears of it. */
function isForOwner(intent: OrderIntent): boolean {
  return intent.approval.mode === 'owner' && isWaiting(intent);
}
