import { useWaitingOrders } from '../../api/intents.ts';
import { FailureNotices, type Reading } from '../notices/failure-notice.tsx';
import { useSteady } from '../notices/use-steady.ts';
import { WaitingList } from './waiting-list.tsx';

interface WaitingOrdersProps {
  connectionId: string;
  /** Of the heading above the list; without it, how many there are is told to screen readers only. */
  headingOrder?: 2 | 3;
  /** Shows nothing while none waits. */
  isQuiet?: boolean;
  /** What another part of the page says already to have failed; null: nothing. */
  told?: unknown;
  /** What other parts of the page show: of these, those that failed alike are asked for as well. */
  others?: readonly Reading[];
}

/** Links to the orders of a connection that wait for their owner, the one that expires next first. */
export function WaitingOrders({
  connectionId,
  headingOrder,
  isQuiet = false,
  told = null,
  others = [],
}: WaitingOrdersProps) {
  const waiting = useSteady(useWaitingOrders(connectionId));
  const { data, error } = waiting;
  if (data === undefined && isQuiet) return null;
  if (data === undefined && error !== null) {
    return <FailureNotices of={[waiting]} told={told} others={others} />;
  }
  return <WaitingList orders={data} {...(headingOrder && { headingOrder })} isQuiet={isQuiet} />;
}
