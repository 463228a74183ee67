import { useSearchParams } from 'react-router';
import type { CallFilter } from '../../api/audit.ts';

/** What the owner chose to see of all calls. */
export type ChosenFilter = Omit<CallFilter, 'connectionId'>;

/** The filter that the address names, such as `?outcome=error`, so that it can be linked and gone back to. */
export function useCallFilter(): [ChosenFilter, (filter: ChosenFilter) => void] {
  const [parameters, setParameters] = useSearchParams();
  const [outcome, tool, app] = ['outcome', 'tool', 'app'].map((name) => parameters.get(name));
  const filter: ChosenFilter = {
    ...((outcome === 'ok' || outcome === 'error') && { outcome }),
    ...(tool && { tool }),
    ...(app && { app }),
  };
  return [filter, (chosen) => setParameters({ ...chosen })];
}
