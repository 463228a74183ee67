import type { Usage, Use } from '@ibkr-gateway/functions/contract/audit';
import { Anchor, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { dateAndTime, number, percent } from '../../format/numbers.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { lazyPage } from '../../ui/pages/lazy-page.ts';
import { Disclosure } from '../../ui/text/disclosure.tsx';
import { Section } from '../../ui/text/section.tsx';
import type { FilterChanges } from './use-call-filter.ts';

const UsageChart = lazyPage(() => import('../../ui/charts/usage-chart.tsx'), 'UsageChart');
const HEIGHT = 320;

interface UsageViewProps {
  usage: UseQueryResult<Usage>;
  /** Shows the calls of something that is told of. */
  onChoose: (changes: FilterChanges) => void;
}

/** How much was called over time, how often it failed and how long it took; of what and by whom most. */
export function UsageView({ usage: { data, error, refetch }, onChoose }: UsageViewProps) {
  if (data === undefined) {
    return error === null ? <Skeleton h={HEIGHT} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  const calls = sum(data.slots, 'calls');
  const errors = sum(data.slots, 'errors');
  const span = `${dateAndTime(data.since)} to ${dateAndTime(data.until)}`;
  const total = `${number(calls)} ${calls === 1 ? 'call' : 'calls'}, ${number(errors)} failed`;
  const slotMs = data.slotSeconds * 1000;
  const endOf = (at: string) =>
    new Date(Math.min(Date.parse(at) + slotMs, Date.parse(data.until))).toISOString();
  return (
    <Stack gap="md">
      <Section title="Calls over time">
        <Text size="sm" mb="xs">
          {total}, from {span}.
        </Text>
        <Suspense fallback={<Skeleton h={HEIGHT + 22} />}>
          <UsageChart summary={`${total}, from ${span}.`} height={HEIGHT} slots={data.slots} />
        </Suspense>
        <Text size="sm" c="dimmed" mb="xs">
          Above: calls, of which the red ones failed. Below: how long half of them took at most (p50) and 95
          of 100 (p95, dashed), in milliseconds
          {!data.isWhole && `, of the latest ${data.sampledPerSlot} of each time. Calls are counted in full`}.
        </Text>
        <Disclosure summary="Show as a table">
          <UseTable
            label="Calls over time"
            name="From"
            rows={data.slots
              .filter((slot) => slot.calls > 0)
              .toReversed()
              .map((slot) => ({
                ...slot,
                key: slot.at,
                name: dateAndTime(slot.at),
                choose: () => onChoose({ last: '', from: slot.at, to: endOf(slot.at) }),
              }))}
          />
        </Disclosure>
      </Section>
      <Section title="By tool">
        <UseTable
          label="Calls by tool"
          name="Tool"
          rows={data.tools.map((each) => ({
            ...each,
            key: each.tool,
            name: each.tool,
            choose: () => onChoose({ tool: each.tool }),
          }))}
        />
      </Section>
      <Section title="By app and key">
        <UseTable
          label="Calls by app and key"
          name="App or key"
          rows={data.apps.map((each) => ({
            ...each,
            key: each.credentialId,
            name: each.label,
            choose: () => onChoose({ app: each.credentialId }),
          }))}
        />
      </Section>
    </Stack>
  );
}

interface UseRow extends Use {
  key: string;
  name: string;
  choose: () => void;
}

function UseTable({ label, name, rows }: { label: string; name: string; rows: readonly UseRow[] }) {
  if (rows.length === 0) return <Text size="sm">No calls in this period.</Text>;
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table aria-label={label} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{name}</Table.Th>
            {['Calls', 'Failed', 'p50, ms', 'p95, ms'].map((column) => (
              <Table.Th key={column} scope="col" ta="end">
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, name, calls, errors, p50, p95, choose }) => (
            <Table.Tr key={key}>
              <Table.Td miw="8em" style={{ overflowWrap: 'anywhere' }}>
                <Anchor component="button" type="button" inherit ta="start" onClick={choose}>
                  {breakable(name)}
                </Anchor>
              </Table.Td>
              <Table.Td ta="end">{number(calls)}</Table.Td>
              <Table.Td ta="end">
                {errors === 0 ? '0' : `${number(errors)} (${percent((100 * errors) / calls)})`}
              </Table.Td>
              <Table.Td ta="end">{p50 === null ? '–' : number(p50)}</Table.Td>
              <Table.Td ta="end">{p95 === null ? '–' : number(p95)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** A name that may go on in the next line after each `_`, rather than anywhere. */
function breakable(name: string): ReactNode[] {
  return name.split(/(?<=_)/).flatMap((part) => [part, <wbr key={part} />]);
}

function sum(slots: Usage['slots'], of: 'calls' | 'errors'): number {
  return slots.reduce((total, slot) => total + slot[of], 0);
}
