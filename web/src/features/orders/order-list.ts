/** One list of what was asked for over this gateway and of what IBKR lists: an order that is in both is one row. */
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { waitingOf } from '../../ui/waiting-orders/waiting.ts';
import { isOpen, isOver, type KnownOrder } from './order-standing.ts';

/** Of its story, `story` is the last change that IBKR took, or else the order itself. */
export type ListedOrder = KnownOrder & {
  id: string;
  /** What was asked for before, the newest first. */
  earlier: readonly Intent[];
  /** What it was asked for with: its entry, or the other order of its pair. */
  partOf: Intent | undefined;
};

/**
 * Those that may still fill come first, then the newest. What waits for its owner is left out: it has a list of its own.
 * @param stories The newest first.
 * @param now In ms since 1970.
 * @param addsBelow Whether the orders that only IBKR knows come below all others, which stay where they were without
 *   IBKR's list: for a list that comes when they are read already.
 */
export function listOrders(
  stories: readonly Intent[],
  live: readonly LiveOrder[],
  now: number,
  { addsBelow = false } = {},
): ListedOrder[] {
  const told = Map.groupBy(
    stories.filter((story) => waitingOf(story, now)?.isExpired !== false),
    (story) => orderIdOf(story, live) ?? story.id,
  );
  const asked = [...told].flatMap(([id, [story, ...earlier]]): ListedOrder[] => {
    const listed = live.find(({ order_id }) => order_id === id);
    return story === undefined ? [] : [{ id, story, earlier, live: listed, partOf: undefined }];
  });
  const others = live
    .filter(({ order_id }) => !told.has(order_id))
    .map((order): ListedOrder => {
      const partOf = stories.find(({ id }) => id === order.intent_id);
      return { id: order.order_id, story: undefined, earlier: [], live: order, partOf };
    });
  if (!addsBelow) return sorted([...asked, ...others]);
  return [...sorted(asked, ({ story }) => story !== undefined && !isOver(story.state)), ...sorted(others)];
}

function sorted(orders: readonly ListedOrder[], isFirst = mayFill): ListedOrder[] {
  return orders.toSorted(
    (a, b) => Number(isFirst(b)) - Number(isFirst(a)) || compareTimes(timeOf(b), timeOf(a)),
  );
}

/** IBKR's id of the order that a story tells of; null where it tells of none at IBKR, or of a change that was not made. */
function orderIdOf({ id, ibkrOrderId, order, state }: Intent, live: readonly LiveOrder[]): string | null {
  if (order.modifies !== undefined) return isTaken(state) ? order.modifies : null;
  // One whose answer was lost is known by its name alone.
  return (
    ibkrOrderId ?? live.find(({ intent_id, exit }) => intent_id === id && exit === null)?.order_id ?? null
  );
}

function isTaken(state: Intent['state']): boolean {
  return state === 'working' || state === 'filled' || state === 'cancelled';
}

function mayFill({ story, live }: ListedOrder): boolean {
  if (story === undefined) return isOpen(live);
  return live === undefined ? !isOver(story.state) : isOpen(live);
}

/** When it was asked for, in ms since 1970. IBKR tells only when an order last filled: what has no time is open, or of today. */
function timeOf({ story, earlier, live }: ListedOrder): number {
  const at = (earlier.at(-1) ?? story)?.createdAt ?? live?.last_execution_time ?? null;
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
}

function compareTimes(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
