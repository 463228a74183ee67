import type { Usage } from '@ibkr-gateway/functions/contract/audit';
import { HistogramSeries, type IChartApi, LineSeries, LineStyle } from 'lightweight-charts';
import { useCallback } from 'react';
import { rounded } from '../../format/numbers.ts';
import { type ChartColors, ChartFrame } from './chart-frame.tsx';
import { charted } from './chart-time.ts';

interface UsageChartProps {
  summary: string;
  height: number;
  /** Oldest first. */
  slots: Usage['slots'];
}

const PLAIN = { priceLineVisible: false, lastValueVisible: false };

/** Calls over time, those that failed in front of them; below, how long they took. */
export function UsageChart({ summary, height, slots }: UsageChartProps) {
  const draw = useCallback(
    (chart: IChartApi, { line, fall, faint }: ChartColors) => {
      chart.applyOptions({
        localization: { priceFormatter: (value: number) => rounded(value, 0) },
        layout: { panes: { separatorColor: faint, enableResize: false } },
      });
      const timed = charted(slots.map((slot) => ({ ...slot, time: slot.at })));
      const bars = (color: string, of: 'calls' | 'errors') =>
        chart
          .addSeries(HistogramSeries, { ...PLAIN, color })
          .setData(timed.map((slot) => ({ time: slot.time, ...(slot[of] > 0 && { value: slot[of] }) })));
      bars(line, 'calls');
      bars(fall, 'errors');
      const durations = (of: 'p50' | 'p95', lineStyle: LineStyle) =>
        chart
          .addSeries(
            LineSeries,
            { ...PLAIN, color: line, lineWidth: 2, lineStyle, pointMarkersVisible: true },
            1,
          )
          .setData(timed.map(({ time, [of]: value }) => ({ time, ...(value !== null && { value }) })));
      durations('p50', LineStyle.Solid);
      durations('p95', LineStyle.Dashed);
    },
    [slots],
  );
  return <ChartFrame summary={summary} height={height} draw={draw} />;
}
