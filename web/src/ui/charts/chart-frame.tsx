import { Anchor, Text, useComputedColorScheme } from '@mantine/core';
import { ColorType, createChart, type IChartApi } from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import { rounded } from '../../format/numbers.ts';

export interface ChartColors {
  line: string;
  rise: string;
  fall: string;
  /** Of what stands behind: grid, volume. */
  faint: string;
}

interface ChartFrameProps {
  /** What the picture shows, in words, for whoever does not see it. */
  summary: string;
  /** In pixels. */
  height: number;
  /** Whether its times are days on the calendar, which have no hour. */
  ofDays?: boolean;
  /** Whether its values are percentages. */
  inPercent?: boolean;
  /** Puts the series into a new chart. Another function makes another chart. */
  draw: (chart: IChartApi, colors: ChartColors) => void;
}

/** A chart as wide as there is room, in the colours of the page. */
export function ChartFrame({ summary, height, ofDays = false, inPercent = false, draw }: ChartFrameProps) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');

  useEffect(() => {
    if (place.current === null) return;
    const isDark = scheme === 'dark';
    const css = getComputedStyle(place.current);
    const color = (name: string) => css.getPropertyValue(`--mantine-color-${name}`);
    const faint = color(isDark ? 'dark-5' : 'gray-2');
    const chart = createChart(place.current, {
      autoSize: true,
      // As all numbers here; not every browser's own language is one that dates can be written in.
      localization: {
        locale: 'en-US',
        dateFormat: 'MMM d, yyyy',
        priceFormatter: inPercent ? axisPercent : axisNumber,
      },
      // The link below the chart is the attribution that the license asks for.
      layout: {
        attributionLogo: false,
        background: { type: ColorType.Solid, color: 'transparent' },
        textColor: color(isDark ? 'dark-1' : 'gray-7'),
        fontFamily: css.fontFamily,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: faint } },
      rightPriceScale: { borderVisible: false, entireTextOnly: true },
      timeScale: { borderVisible: false, timeVisible: !ofDays, fixLeftEdge: true, fixRightEdge: true },
      // The wheel and the thumb scroll the page.
      handleScroll: false,
      handleScale: false,
    });
    draw(chart, {
      line: color(isDark ? 'indigo-4' : 'indigo-8'),
      rise: color(isDark ? 'teal-5' : 'teal-8'),
      fall: color(isDark ? 'red-5' : 'red-8'),
      faint,
    });
    chart.timeScale().fitContent();
    return () => chart.remove();
  }, [draw, ofDays, inPercent, scheme]);

  return (
    <figure style={{ margin: 0 }}>
      <div ref={place} role="img" aria-label={summary} style={{ height }} />
      <Text component="figcaption" size="xs" c="dimmed" ta="end" mt={4}>
        Chart:{' '}
        <Anchor
          href="https://www.tradingview.com/"
          target="_blank"
          rel="noreferrer"
          underline="always"
          inherit
          c="dimmed"
        >
          TradingView Lightweight Charts™
        </Anchor>
      </Text>
    </figure>
  );
}

function axisPercent(value: number): string {
  return `${rounded(value, 1)} %`;
}

/** As many digits as tell one line of the grid from the next. */
function axisNumber(value: number): string {
  const size = Math.abs(value);
  return rounded(value, size >= 10_000 ? 0 : size >= 10 ? 2 : 4);
}
