import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { History } from '@ibkr-gateway/functions/contract/tool-outputs/market';
import type { Candle } from '../../ui/charts/candle-chart.tsx';

/** As many as there are: a chart shows the whole period. */
export const MOST_BARS = 1000;

/** The bars of a history that was asked for with all their fields. */
export function barsOf({ bars, bar: length }: History): Candle[] {
  return rowsOf(bars).map(({ date, time = '', volume, ...prices }) => ({
    ...(prices as Pick<Candle, 'open' | 'high' | 'low' | 'close'>),
    volume: volume ?? null,
    // Where the exchange's zone is not known, the day is that of UTC.
    time: date ?? (DAILY.includes(length) ? time.slice(0, 10) : time),
  }));
}

const DAILY: readonly string[] = ['1d', '1w', '1m'];
