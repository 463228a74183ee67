import { useOutletContext } from 'react-router';
import type { Connection } from '../../api/answers.ts';

/** The connection whose page a tab is part of. */
export function useShownConnection(): Connection {
  return useOutletContext<Connection>();
}
