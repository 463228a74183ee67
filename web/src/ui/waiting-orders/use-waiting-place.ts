import { useEffect, useState } from 'react';
import { useWaitingOrders } from '../../api/intents.ts';
import { useLasting } from '../../format/waiting-words.ts';

/** All else on the page waits no longer for them. */
const LATE_MS = 2_000;

/**
 * Where orders that wait are shown: above all else, which would be pushed down if they came later than it. What takes long
 * holds nothing up, and comes below.
 */
export function useWaitingPlace(connectionId: string): 'unknown' | 'above' | 'below' {
  // Once it was answered, or failed, it keeps its place while it is asked for anew.
  const { isFetched } = useWaitingOrders(connectionId);
  const isLong = useLasting(!isFetched, LATE_MS);
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (isLong) setIsLate(true);
  }, [isLong]);
  if (isLate) return 'below';
  return isFetched ? 'above' : 'unknown';
}
