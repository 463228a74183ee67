import { useSearchParams } from 'react-router';
import type { CallFilter } from '../../api/audit.ts';

/** What the owner chose to see of all calls. */
export type ChosenFilter = Omit<CallFilter, 'connectionId'>;

/** Of a part that is empty or undefined all are shown; parts left out stay. */
export type FilterChanges = { [Part in keyof ChosenFilter]?: ChosenFilter[Part] | '' | undefined };

/**
 * The filter that the address names, such as `?outcome=error`, so that it can be linked and gone back to, and what changes
 * it: the one that the address names by then, which may be newer than what is shown.
 */
export function useCallFilter(): [ChosenFilter, (changes: FilterChanges) => void] {
  const [parameters, setParameters] = useSearchParams();
  const change = (changes: FilterChanges) => {
    const { outcome, tool, app } = { ...readFilter(new URLSearchParams(location.search)), ...changes };
    setParameters({ ...(outcome && { outcome }), ...(tool && { tool }), ...(app && { app }) });
  };
  return [readFilter(parameters), change];
}

function readFilter(parameters: URLSearchParams): ChosenFilter {
  const [outcome, tool, app] = ['outcome', 'tool', 'app'].map((name) => parameters.get(name));
  return {
    ...((outcome === 'ok' || outcome === 'error') && { outcome }),
    ...(tool && { tool }),
    ...(app && { app }),
  };
}
