import { AreaSeries, type IChartApi } from 'lightweight-charts';
import { useCallback } from 'react';
import { type ChartColors, ChartFrame } from './chart-frame.tsx';
import { chartTime } from './chart-time.ts';

interface LineChartProps {
  summary: string;
  height: number;
  /** Oldest first, each time once. */
  points: readonly { time: string; value: number }[];
}

/** A value over time. */
export function LineChart({ summary, height, points }: LineChartProps) {
  const draw = useCallback(
    (chart: IChartApi, { line }: ChartColors) => {
      const series = chart.addSeries(AreaSeries, {
        lineColor: line,
        lineWidth: 2,
        topColor: `${line}33`,
        bottomColor: `${line}05`,
        priceLineVisible: false,
        lastValueVisible: false,
      });
      series.setData(points.map(({ time, value }) => ({ time: chartTime(time), value })));
    },
    [points],
  );
  return <ChartFrame summary={summary} height={height} draw={draw} />;
}
