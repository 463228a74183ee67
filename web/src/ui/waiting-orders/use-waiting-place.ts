import { useWaitingOrders } from '../../api/intents.ts';
import { useLate } from '../notices/use-late.ts';

/**
 * Where orders that wait are shown: above all else, which would be pushed down if they came later than it. What takes long
 * holds nothing up, and comes below.
 */
export function useWaitingPlace(connectionId: string): 'unknown' | 'above' | 'below' {
  // Once it was answered, or failed, it keeps its place while it is asked for anew.
  const { isFetched } = useWaitingOrders(connectionId);
  if (useLate(!isFetched)) return 'below';
  return isFetched ? 'above' : 'unknown';
}
