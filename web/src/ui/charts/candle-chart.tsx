import { CandlestickSeries, HistogramSeries, type IChartApi } from 'lightweight-charts';
import { useCallback } from 'react';
import { type ChartColors, ChartFrame } from './chart-frame.tsx';
import { charted } from './chart-time.ts';

/** Of a moment or, when it is as long as a day, of a day. */
export interface Candle {
  time: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}

const DAY = '2026-11-22';

interface CandleChartProps {
  summary: string;
  height: number;
  /** Oldest first, each time once. */
  bars: readonly Candle[];
}

/** Prices over time, the volume behind them. Bars that rose are hollow: colour is not all that tells. */
export function CandleChart({ summary, height, bars }: CandleChartProps) {
  const draw = useCallback(
    (chart: IChartApi, { rise, fall, faint }: ChartColors) => {
      const timed = charted(bars);
      const volume = chart.addSeries(HistogramSeries, {
        color: faint,
        priceScaleId: 'volume',
        priceLineVisible: false,
        lastValueVisible: false,
      });
      volume.priceScale().applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } });
      volume.setData(timed.map(({ time, volume }) => ({ time, value: volume ?? 0 })));
      const candles = chart.addSeries(CandlestickSeries, {
        upColor: 'transparent',
        borderUpColor: rise,
        wickUpColor: rise,
        downColor: fall,
        borderDownColor: fall,
        wickDownColor: fall,
        priceLineVisible: false,
        lastValueVisible: false,
        // Currencies move by less than a cent.
        priceFormat: { type: 'price', precision: 5, minMove: 0.00001 },
      });
      candles.setData(timed);
    },
    [bars],
  );
  const ofDays = bars.every(({ time }) => time.length === DAY.length);
  return <ChartFrame summary={summary} height={height} ofDays={ofDays} draw={draw} />;
}
