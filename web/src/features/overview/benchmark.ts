import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { History } from '@ibkr-gateway/functions/contract/tool-outputs/market';
import { useMemo } from 'react';
import { useTool } from '../../api/tools.ts';

export const NO_BENCHMARK = 'none';

/** Funds that stand for a market: IBKR gives everybody their delayed prices. */
export const BENCHMARKS = [
  { value: NO_BENCHMARK, label: 'No benchmark' },
  { value: 'SPY', label: 'S&P 500 (SPY)' },
  { value: 'QQQ', label: 'Nasdaq 100 (QQQ)' },
  { value: 'VT', label: 'World (VT)' },
];

const FRESH_MS = 60 * 60_000;
/** More than a year has days of trading. */
const MOST_DAYS = 300;

/** A year of closing prices by day. */
export function useBenchmark(connectionId: string, symbol: string) {
  const args = { symbol, period: '1y', bar: '1d', fields: ['close'], limit: MOST_DAYS };
  const { data, error, refetch } = useTool(connectionId, 'get_history', args, {
    freshMs: FRESH_MS,
    enabled: symbol !== NO_BENCHMARK,
  });
  return { data: useMemo(() => data && closesOf(data), [data]), error, refetch };
}

function closesOf({ bars }: History): { date: string; close: number }[] {
  return rowsOf(bars).flatMap(({ date, time, close }) => {
    const on = date ?? time?.slice(0, 10);
    return on == null || close == null ? [] : [{ date: on, close }];
  });
}
