import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Performance, PeriodPerformance } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { SegmentedControl, Skeleton, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Suspense, useMemo, useState } from 'react';
import { cents, day, percentChange, withUnit } from '../../format/numbers.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { lazyPage } from '../../ui/pages/lazy-page.ts';
import { Section } from '../../ui/text/section.tsx';
import { EquityTable } from './equity-table.tsx';

// The largest library of the console, and below what one came for.
const LineChart = lazyPage(() => import('../../ui/charts/line-chart.tsx'), 'LineChart');

const HEIGHT = 280;

/** Those of IBKR's periods that make a curve, in words. */
const PERIODS: Record<string, string> = {
  '7D': '7 days',
  MTD: 'this month',
  '1M': '1 month',
  YTD: 'this year',
  '1Y': '1 year',
};

/** What the account was worth over time. */
export function EquityCurve({ performance }: { performance: UseQueryResult<Performance> }) {
  const { data, error, refetch } = performance;
  const [chosen, setChosen] = useState('1Y');
  const periods = (data?.periods ?? []).filter(({ period }) => period in PERIODS);
  const shown = periods.find(({ period }) => period === chosen) ?? periods.at(-1);
  const choice = periods.length > 0 && (
    <SegmentedControl
      size="xs"
      aria-label="Period of the equity curve"
      transitionDuration={0}
      data={periods.map(({ period }) => period)}
      value={shown?.period ?? ''}
      onChange={setChosen}
    />
  );
  return (
    <Section title="Equity curve" aside={choice}>
      {shown !== undefined && <Curve {...shown} currency={data?.currency ?? null} />}
      {shown === undefined && data !== undefined && (
        <Text size="sm" c="dimmed">
          IBKR computes performance at the end of each day. It has none of this account yet.
        </Text>
      )}
      {data === undefined &&
        (error === null ? <Skeleton h={HEIGHT} /> : <FailureNotice error={error} onRetry={refetch} />)}
    </Section>
  );
}

function Curve({
  period,
  return_percent,
  series,
  currency,
}: PeriodPerformance & { currency: string | null }) {
  const points = useMemo(
    () =>
      (series === undefined ? [] : rowsOf(series)).flatMap(({ date, net_asset_value }) =>
        net_asset_value === null ? [] : [{ time: date, value: net_asset_value }],
      ),
    [series],
  );
  const values = points.map(({ value }) => value);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const sum = (value: number) => withUnit(cents(value, currency), currency);
  const summary = `Net asset value over ${PERIODS[period]}: from ${cents(first.value, currency)} to ${sum(last.value)}, lowest ${cents(Math.min(...values), currency)}, highest ${cents(Math.max(...values), currency)}.`;
  return (
    <>
      <Text size="sm" mb="xs">
        {return_percent !== null &&
          `${percentChange(return_percent)} over ${PERIODS[period]}, deposits and withdrawals not counted. `}
        {sum(last.value)} as of {day(last.time)}: IBKR computes it once a day.
      </Text>
      <Suspense fallback={<Skeleton h={HEIGHT + 22} />}>
        <LineChart summary={summary} height={HEIGHT} points={points} />
      </Suspense>
      <EquityTable points={points} currency={currency} />
    </>
  );
}
