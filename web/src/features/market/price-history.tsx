import type { History } from '@ibkr-gateway/functions/contract/tool-outputs/market';
import { SegmentedControl, Skeleton, Text } from '@mantine/core';
import { Suspense, useMemo } from 'react';
import { useTool } from '../../api/tools.ts';
import { money, percentChange } from '../../format/numbers.ts';
import { isNotFound, isSameFailure } from '../../format/words/failure-words.ts';
import type { Candle } from '../../ui/charts/candle-chart.tsx';
import { FailureNotice, NotAvailable } from '../../ui/notices/failure-notice.tsx';
import { InPlaceOf } from '../../ui/notices/in-place.tsx';
import { useKept } from '../../ui/pages/kept.ts';
import { lazyPage } from '../../ui/pages/lazy-page.ts';
import { Section } from '../../ui/text/section.tsx';
import { BarTable } from './bar-table.tsx';
import { barsOf, MOST_BARS } from './bars.ts';

const CandleChart = lazyPage(() => import('../../ui/charts/candle-chart.tsx'), 'CandleChart');

const HEIGHT = 360;
/** The chart with what stands above and below it. */
const WHOLE_HEIGHT = HEIGHT + 80;
const MINUTE_MS = 60_000;

/** As IBKR's history takes them: bars of a length that makes neither a handful nor a thicket. */
const PERIODS = {
  '1D': { period: '1d', bar: '5min', words: 'the day', freshMs: MINUTE_MS },
  '1W': { period: '1w', bar: '30min', words: 'the week', freshMs: 5 * MINUTE_MS },
  '1M': { period: '1m', bar: '1d', words: 'the month', freshMs: 15 * MINUTE_MS },
  '6M': { period: '6m', bar: '1d', words: 'six months', freshMs: 15 * MINUTE_MS },
  '1Y': { period: '1y', bar: '1d', words: 'the year', freshMs: 15 * MINUTE_MS },
  '5Y': { period: '5y', bar: '1w', words: 'five years', freshMs: 60 * MINUTE_MS },
};
type Period = keyof typeof PERIODS;

interface PriceHistoryProps {
  connectionId: string;
  conid: number;
  /** What is said already to have failed; null: nothing. */
  told: unknown;
}

/** What an instrument cost over a period, as candles, in a sentence and as a table. */
export function PriceHistory({ connectionId, conid, told }: PriceHistoryProps) {
  const [chosen, setChosen] = useKept<Period>('period', '6M');
  const { period, bar, words, freshMs } = PERIODS[chosen];
  const { data, error, refetch } = useTool(
    connectionId,
    'get_history',
    { conid, period, bar, limit: MOST_BARS },
    { freshMs },
  );
  // The quote says so already.
  if (isNotFound(error)) return null;
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label="Period of the chart"
      transitionDuration={0}
      data={Object.keys(PERIODS)}
      value={chosen}
      onChange={(value) => setChosen(value as Period)}
    />
  );
  const outline = <Skeleton h={WHOLE_HEIGHT} />;
  return (
    <Section title="Price" aside={choice}>
      {data && <Candles history={data} words={words} />}
      {data === undefined &&
        (error === null ? (
          outline
        ) : (
          <InPlaceOf outline={outline}>
            {told !== null && isSameFailure(error, told) ? (
              <NotAvailable />
            ) : (
              <FailureNotice error={error} onRetry={refetch} />
            )}
          </InPlaceOf>
        ))}
    </Section>
  );
}

interface CandlesProps {
  history: History;
  words: string;
}

function Candles({ history, words }: CandlesProps) {
  const { symbol, delayed_by_seconds } = history;
  const unit = history.price_unit ?? history.currency;
  const bars = useMemo(() => barsOf(history), [history]);
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) {
    return (
      <Text size="sm" c="dimmed" mih={WHOLE_HEIGHT}>
        IBKR has no prices of {symbol} for this period.
      </Text>
    );
  }
  const summary = summaryOf(bars, first, last, unit, words);
  return (
    <>
      <Text size="sm" mb="xs">
        {summary}
        {delayed_by_seconds !== null &&
          delayed_by_seconds > 0 &&
          ` Delayed by ${Math.round(delayed_by_seconds / 60)} minutes.`}
      </Text>
      <Suspense fallback={<Skeleton h={HEIGHT + 22} />}>
        <CandleChart summary={`${symbol}: ${summary}`} height={HEIGHT} bars={bars} />
      </Suspense>
      <BarTable bars={bars} currency={unit} />
    </>
  );
}

function summaryOf(
  bars: readonly Candle[],
  first: Candle,
  last: Candle,
  unit: string,
  words: string,
): string {
  const low = Math.min(...bars.map((bar) => bar.low));
  const high = Math.max(...bars.map((bar) => bar.high));
  const percent = percentChange((100 * (last.close - first.open)) / first.open);
  return `${percent} over ${words}: from ${money(first.open, null)} to ${money(last.close, unit)}, between ${money(low, null)} and ${money(high, null)}.`;
}
