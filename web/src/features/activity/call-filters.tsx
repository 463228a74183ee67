import { LONGEST_SEARCH } from '@ibkr-gateway/functions/contract/search-bounds';
import { Button, Group, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useId, useRef } from 'react';
import type { CallFilter } from '../../api/activity/audit.ts';
import { useApps } from '../../api/apps.ts';
import { useKeys } from '../../api/keys.ts';
import { useReference } from '../../api/reference.ts';
import { OWNER_ACTS, SCHEDULE_ACTS } from './owner-acts.ts';
import { RangeFields } from './range-fields.tsx';
import type { ChosenFilter, FilterChanges } from './use-call-filter.ts';

interface FilterProps {
  filter: ChosenFilter;
  onChange: (changes: FilterChanges) => void;
}

const OUTCOMES: Record<string, CallFilter['outcome']> = { 'All calls': undefined, Errors: 'error' };
const DURATIONS = [
  { value: '', label: 'Any duration' },
  { value: '1000', label: '1 s or more' },
  { value: '3000', label: '3 s or more' },
  { value: '10000', label: '10 s or more' },
];

const SCHEDULED = Object.entries(SCHEDULE_ACTS).map(([value, label]) => ({ value, label }));
const ACTS = Object.entries(OWNER_ACTS).map(([value, { done: label }]) => ({ value, label }));

/** Which calls: when they were, of what and by whom. */
export function CallFilters({ connectionId, filter, onChange }: FilterProps & { connectionId: string }) {
  const tools = useReference().data?.tools.map(({ name }) => name) ?? [];
  const apps = useCallers(connectionId);
  const { tool = '', app = '' } = filter;

  return (
    <>
      <RangeFields filter={filter} onChange={onChange} />
      <NativeSelect
        size="xs"
        aria-label="Tool"
        w={WIDTH}
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
        w={WIDTH}
        value={app}
        onChange={({ currentTarget }) => onChange({ app: currentTarget.value })}
        data={[{ value: '', label: 'Every app' }, ...apps]}
      />
    </>
  );
}

/** Which of them: how they ended, how long they took and what is in them. */
export function CallSearch({ filter, onChange }: FilterProps) {
  const { outcome, text = '', slowerThan, order } = filter;
  const field = useId();
  const typed = useRef<HTMLInputElement>(null);
  // The address may say something else by now.
  useEffect(() => {
    if (typed.current) typed.current.value = text;
  }, [text]);
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChange({ text: String(new FormData(event.currentTarget).get(field) ?? '').trim() });
  };
  const duration = slowerThan === undefined ? '' : String(slowerThan);
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
        aria-label="Duration"
        value={duration}
        onChange={({ currentTarget: { value } }) =>
          onChange({ slowerThan: value === '' ? '' : Number(value) })
        }
        data={
          DURATIONS.some(({ value }) => value === duration)
            ? DURATIONS
            : [...DURATIONS, { value: duration, label: `${duration} ms or more` }]
        }
      />
      <form onSubmit={search}>
        <Group gap={4} wrap="nowrap">
          <TextInput
            size="xs"
            type="search"
            name={field}
            aria-label="Search"
            placeholder="NVDA, request id …"
            ref={typed}
            defaultValue={text}
            maxLength={LONGEST_SEARCH}
          />
          <Button type="submit" size="xs" variant="default">
            Search
          </Button>
        </Group>
      </form>
      {order !== undefined && (
        <Button
          size="xs"
          variant="light"
          aria-label="Show calls about every order"
          onClick={() => onChange({ order: '' })}
        >
          About one order ✕
        </Button>
      )}
    </>
  );
}

/** Of fields whose options come late: these would make them wider. */
const WIDTH = 170;

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
