import { AreaSeries, type IChartApi, LineSeries, LineStyle } from 'lightweight-charts';
import { useCallback } from 'react';
import { type ChartColors, ChartFrame } from './chart-frame.tsx';
import { charted } from './chart-time.ts';

interface LineChartProps {
  summary: string;
  height: number;
  /** Oldest first, each time once. */
  points: Points;
  /** Another value to look at beside it: dashed, so that colour is not all that tells. */
  compared?: Points;
  inPercent?: boolean;
}

type Points = readonly { time: string; value: number }[];

const NONE: Points = [];
/** As long as a day: no times of day. */
const DAY_CHARACTERS = 10;

/** A value over time. */
export function LineChart({ summary, height, points, compared = NONE, inPercent = false }: LineChartProps) {
  const draw = useCallback(
    (chart: IChartApi, { line, fall }: ChartColors) => {
      const series = chart.addSeries(AreaSeries, {
        lineColor: line,
        lineWidth: 2,
        topColor: `${line}33`,
        bottomColor: `${line}05`,
        priceLineVisible: false,
        lastValueVisible: false,
      });
      series.setData(charted(points));
      if (compared.length === 0) return;
      const beside = chart.addSeries(LineSeries, {
        color: fall,
        lineWidth: 2,
        lineStyle: LineStyle.Dashed,
        priceLineVisible: false,
        lastValueVisible: false,
      });
      beside.setData(charted(compared));
    },
    [points, compared],
  );
  const ofDays = points.every(({ time }) => time.length <= DAY_CHARACTERS);
  return <ChartFrame summary={summary} height={height} ofDays={ofDays} inPercent={inPercent} draw={draw} />;
}
