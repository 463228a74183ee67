import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CallRange } from '../../api/activity/call-range.ts';
import type { FilterChanges } from './use-call-filter.ts';

const MINUTE_MS = 60_000;

const RANGES = [
  { value: '', label: 'Any time' },
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: 'own', label: 'From … to …' },
];

interface RangeFieldsProps {
  filter: CallRange;
  onChange: (changes: FilterChanges) => void;
}

/** The range of time: the last hour, or whatever is entered. */
export function RangeFields({ filter: { last, from, to }, onChange }: RangeFieldsProps) {
  const isOwn = from !== undefined || to !== undefined;
  const isReversed = from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to);
  const choose = (value: string) => {
    if (value !== 'own') return onChange({ last: value, from: '', to: '' });
    // Something to begin with.
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    onChange({
      last: '',
      from: new Date(now - 60 * MINUTE_MS).toISOString(),
      to: new Date(now).toISOString(),
    });
  };
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="Time"
        value={isOwn ? 'own' : (last ?? '')}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        data={RANGES}
      />
      {isOwn && (
        <>
          <MomentField label="From" iso={from} onChange={(iso) => onChange({ from: iso })} />
          <MomentField
            label="To"
            iso={to}
            error={isReversed && 'Lies before “From”.'}
            onChange={(iso) => onChange({ to: iso })}
          />
        </>
      )}
    </>
  );
}

interface MomentFieldProps {
  label: string;
  iso: string | undefined;
  /** What is wrong with it. */
  error?: ReactNode;
  /** Told of a whole moment, or of none where the field was emptied. */
  onChange: (iso: string) => void;
}

function MomentField({ label, iso, error, onChange }: MomentFieldProps) {
  return (
    <TextInput
      key={iso}
      size="xs"
      type="datetime-local"
      aria-label={label}
      error={error}
      defaultValue={iso === undefined ? '' : localMinute(iso)}
      // While a part of it is typed, others may not be there yet.
      onBlur={({ currentTarget: { value, validity } }) => {
        if (validity.badInput) return;
        const moment = value === '' ? '' : new Date(value).toISOString();
        if (value !== (iso === undefined ? '' : localMinute(iso))) onChange(moment);
      }}
    />
  );
}

/** As the field takes it: by the reader's clock, without a zone. */
function localMinute(iso: string): string {
  const moment = new Date(iso);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 16);
}
