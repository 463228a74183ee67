import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useApps } from '../../api/apps.ts';
import type { CallFilter } from '../../api/audit.ts';
import { useKeys } from '../../api/keys.ts';
import { useReference } from '../../api/reference.ts';
import { OWNER_ACTS, SCHEDULE_ACTS } from './owner-acts.ts';
import type { ChosenFilter, FilterChanges } from './use-call-filter.ts';

interface CallFiltersProps {
  connectionId: string;
  filter: ChosenFilter;
  onChange: (changes: FilterChanges) => void;
}

const OUTCOMES: Record<string, CallFilter['outcome']> = { 'All calls': undefined, Errors: 'error' };

const SCHEDULED = Object.entries(SCHEDULE_ACTS).map(([value, label]) => ({ value, label }));
const ACTS = Object.entries(OWNER_ACTS).map(([value, { done: label }]) => ({ value, label }));

export function CallFilters({ connectionId, filter, onChange }: CallFiltersProps) {
  const tools = useReference().data?.tools.map(({ name }) => name) ?? [];
  const apps = useCallers(connectionId);
  const { outcome, tool = '', app = '' } = filter;

  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Outcome"
        transitionDuration={0}
        data={Object.keys(OUTCOMES)}
        value={outcome === 'error' ? 'Errors' : 'All calls'}
        onChange={(name) => onChange({ outcome: OUTCOMES[name] })}
      />
      <NativeSelect
        size="xs"
        aria-label="Tool"
        value={tool}
        onChange={({ currentTarget }) => onChange({ tool: currentTarget.value })}
        data={[
          { value: '', label: 'Every tool' },
          ...withChosen(tools, tool),
          { group: 'What you did', items: ACTS },
          { group: 'What the gateway did', items: SCHEDULED },
        ]}
      />
      <NativeSelect
        size="xs"
        aria-label="App"
        maw={220}
        value={app}
        onChange={({ currentTarget }) => onChange({ app: currentTarget.value })}
        data={[{ value: '', label: 'Every app' }, ...apps]}
      />
    </>
  );
}

/** Calls of tools that do not exist can be asked for too, in the address. */
function withChosen(tools: string[], chosen: string): string[] {
  return chosen === '' || chosen in OWNER_ACTS || chosen in SCHEDULE_ACTS || tools.includes(chosen)
    ? tools
    : [...tools, chosen];
}

/** The apps and keys of the connection, keys that ended included. */
function useCallers(connectionId: string): { value: string; label: string }[] {
  const apps = useApps(connectionId).data ?? [];
  const keys = useKeys(connectionId).data ?? [];
  return [
    ...apps.map(({ grantId, clientName }) => ({ value: grantId, label: clientName })),
    ...keys.map(({ id, label, last }) => ({ value: id, label: `Key ${label} …${last}` })),
  ];
}
