import {
  LONGEST_DURATION_MS,
  LONGEST_SEARCH,
  LONGEST_TOOL_NAME,
} from '@ibkr-gateway/functions/contract/search-bounds';
import { useSearchParams } from 'react-router';
import type { CallFilter } from '../../api/activity/audit.ts';
import { RECENT } from '../../api/activity/call-range.ts';

/** What the owner chose to see of all calls. */
export type ChosenFilter = Omit<CallFilter, 'connectionId'>;

/** The same, and whether that is the calls themselves or how much they were. */
type Chosen = ChosenFilter & { view?: 'usage' };

/** Of a part that is empty or undefined all are shown; parts left out stay. */
export type FilterChanges = { [Part in keyof Chosen]?: Chosen[Part] | '' | undefined };

const PARTS = ['outcome', 'tool', 'app', 'order', 'text', 'slowerThan', 'last', 'from', 'to'] as const;

/** Changes by which all calls are shown. */
export const NO_FILTER: FilterChanges = Object.fromEntries(PARTS.map((part) => [part, '']));

/**
 * The filter that the address names, such as `?outcome=error`, so that it can be linked and gone back to, and what changes
 * it: the one that the address names by then, which may be newer than what is shown.
 */
export function useCallFilter(): [Chosen, (changes: FilterChanges) => void] {
  const [parameters, setParameters] = useSearchParams();
  const change = (changes: FilterChanges) => {
    const next = new URLSearchParams(location.search);
    for (const [part, value] of Object.entries(changes)) {
      if (value === undefined || value === '') next.delete(part);
      else next.set(part, String(value));
    }
    setParameters(next);
  };
  return [readFilter(parameters), change];
}

/** Of what no call can be asked for by, such as an id that is none, all are shown; too long a search is cut, and shown so. */
function readFilter(parameters: URLSearchParams): Chosen {
  const named = Object.fromEntries(
    PARTS.flatMap((part): [string, string][] => {
      const value = parameters.get(part);
      return value === null || value === '' ? [] : [[part, value]];
    }),
  );
  const { outcome, tool, app, order, text, slowerThan, last, from, to } = named;
  return {
    ...(tool !== undefined && tool.length <= LONGEST_TOOL_NAME && { tool }),
    ...(isId(app) && { app }),
    ...(isId(order) && { order }),
    ...(text !== undefined && { text: text.slice(0, LONGEST_SEARCH).trim() }),
    ...((outcome === 'ok' || outcome === 'error') && { outcome }),
    ...(slowerThan !== undefined &&
      /^[1-9]\d{0,5}$/.test(slowerThan) &&
      Number(slowerThan) <= LONGEST_DURATION_MS && { slowerThan: Number(slowerThan) }),
    ...(last !== undefined && Object.hasOwn(RECENT, last) && { last }),
    ...(isMoment(from) && { from }),
    ...(isMoment(to) && { to }),
    ...(parameters.get('view') === 'usage' && { view: 'usage' }),
  };
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^(?!__.*__$)[\w-]{1,128}$/.test(text);
}

function isMoment(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
