import type { Performance } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { Button, Group, NativeSelect, SegmentedControl, Skeleton, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Suspense, useMemo } from 'react';
import { cents, day, percentChange, withUnit } from '../../format/numbers.ts';
import { saveFile } from '../../ui/forms/save-file.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { useKept } from '../../ui/pages/kept.ts';
import { lazyPage } from '../../ui/pages/lazy-page.ts';
import { Section } from '../../ui/text/section.tsx';
import { BENCHMARKS, NO_BENCHMARK, useBenchmark } from './benchmark.ts';
import { type EquityPeriod, equityPeriods, gainsSince } from './equity-periods.ts';
import { EquityTable } from './equity-table.tsx';
import { Pending } from './pending.tsx';
import { CSV, equityCsv } from './portfolio-csv.ts';

// The largest library of the console, and below what one came for.
const LineChart = lazyPage(() => import('../../ui/charts/line-chart.tsx'), 'LineChart');

const HEIGHT = 280;
const VIEWS = [
  { value: 'value', label: 'Value' },
  { value: 'return', label: 'Return' },
];

interface EquityCurveProps {
  connectionId: string;
  performance: UseQueryResult<Performance>;
}

/** What the account was worth over time, or what it returned, beside a benchmark where one is chosen. */
export function EquityCurve({ connectionId, performance }: EquityCurveProps) {
  const { data } = performance;
  const [chosen, setChosen] = useKept('period', '1Y');
  const [view, setView] = useKept('curve', 'value');
  const periods = useMemo(() => (data === undefined ? [] : equityPeriods(data)), [data]);
  const shown = periods.find(({ name }) => name === chosen) ?? periods.at(-1);
  const currency = data?.currency ?? null;
  const choice = shown !== undefined && (
    <SegmentedControl
      size="xs"
      aria-label="Period of the equity curve"
      transitionDuration={0}
      data={periods.map(({ name }) => name)}
      value={shown.name}
      onChange={setChosen}
    />
  );
  return (
    <Section title="Equity curve" aside={choice}>
      {shown !== undefined && (
        <>
          <SegmentedControl
            mb="xs"
            size="xs"
            aria-label="What the curve shows"
            transitionDuration={0}
            data={VIEWS}
            value={view}
            onChange={setView}
          />
          {view === 'return' ? (
            <ReturnCurve connectionId={connectionId} period={shown} />
          ) : (
            <ValueCurve period={shown} currency={currency} />
          )}
          <EquityTable days={shown.days} currency={currency} />
          <Group mt="xs">
            <Button
              size="xs"
              variant="default"
              onClick={() => saveFile(`equity-${shown.name}.csv`, equityCsv(shown.days), CSV)}
            >
              Save as CSV
            </Button>
          </Group>
        </>
      )}
      {shown === undefined && data !== undefined && (
        <Text size="sm" c="dimmed">
          IBKR computes performance at the end of each day. It has none of this account yet.
        </Text>
      )}
      {data === undefined && (
        <Pending of={[performance]}>
          <Skeleton h={HEIGHT} />
        </Pending>
      )}
    </Section>
  );
}

function ValueCurve({ period, currency }: { period: EquityPeriod; currency: string | null }) {
  const { days, words, returnPercent } = period;
  const points = useMemo(() => pointsOf(days, 'net_asset_value'), [days]);
  const values = points.map(({ value }) => value);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const sum = (value: number) => withUnit(cents(value, currency), currency);
  const summary = `Net asset value over ${words}: from ${cents(first.value, currency)} to ${sum(last.value)}, lowest ${cents(Math.min(...values), currency)}, highest ${cents(Math.max(...values), currency)}.`;
  return (
    <>
      <Text size="sm" mb="xs">
        {returnPercent !== null &&
          `${percentChange(returnPercent)} over ${words}, deposits and withdrawals not counted. `}
        {sum(last.value)} as of {day(last.time)}: IBKR computes it once a day.
      </Text>
      <Suspense fallback={<Skeleton h={HEIGHT + 22} />}>
        <LineChart summary={summary} height={HEIGHT} points={points} />
      </Suspense>
    </>
  );
}

function ReturnCurve({ connectionId, period }: { connectionId: string; period: EquityPeriod }) {
  const { days, words } = period;
  const [symbol, setSymbol] = useKept<string>('benchmark', NO_BENCHMARK);
  const benchmark = useBenchmark(connectionId, symbol);
  const points = useMemo(() => pointsOf(days, 'cumulative_return_percent'), [days]);
  const [first, last] = [points[0], points.at(-1)];
  const compared = useMemo(
    () => (first === undefined || !benchmark.data ? [] : gainsSince(benchmark.data, first.time)),
    [benchmark.data, first],
  );
  if (first === undefined || last === undefined) {
    return (
      <Text size="sm" c="dimmed">
        IBKR reports no returns over {words}.
      </Text>
    );
  }
  const gained = compared.at(-1);
  const summary = [
    `Return over ${words}: ${percentChange(last.value)}.`,
    ...(gained === undefined ? [] : [`${symbol}: ${percentChange(gained.value)}.`]),
  ].join(' ');
  return (
    <>
      <Text size="sm" mb="xs">
        {percentChange(last.value)} over {words}, deposits and withdrawals not counted.
        {gained !== undefined &&
          ` ${symbol} ${percentChange(gained.value)}, its dividends not counted: the dashed line.`}
      </Text>
      <NativeSelect
        size="xs"
        mb="xs"
        maw={240}
        label="Beside it"
        data={BENCHMARKS}
        value={symbol}
        onChange={({ currentTarget }) => setSymbol(currentTarget.value)}
      />
      {benchmark.error !== null && <FailureNotice error={benchmark.error} onRetry={benchmark.refetch} />}
      <Suspense fallback={<Skeleton h={HEIGHT + 22} />}>
        <LineChart summary={summary} height={HEIGHT} points={points} compared={compared} inPercent />
      </Suspense>
    </>
  );
}

function pointsOf(days: EquityPeriod['days'], of: 'net_asset_value' | 'cumulative_return_percent') {
  return days.flatMap(({ date, [of]: value }) => (value === null ? [] : [{ time: date, value }]));
}
