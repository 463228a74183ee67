import { useWaitingOrders } from '../../api/intents.ts';
import { FailureNotice } from '../notices/failure-notice.tsx';
import { WaitingList } from './waiting-list.tsx';

interface WaitingOrdersProps {
  connectionId: string;
  /** Of the heading above the list; without it, how many there are is told to screen readers only. */
  headingOrder?: 2 | 3;
  /** Shows nothing while none waits. */
  isQuiet?: boolean;
}

/** Links to the orders of a connection that wait for their owner, the one that expires next first. */
export function WaitingOrders({ connectionId, headingOrder, isQuiet = false }: WaitingOrdersProps) {
  const { data, error, refetch } = useWaitingOrders(connectionId);
  if (data === undefined && isQuiet) return null;
  if (data === undefined && error !== null) return <FailureNotice error={error} onRetry={refetch} />;
  return <WaitingList orders={data} {...(headingOrder && { headingOrder })} isQuiet={isQuiet} />;
}
