import { Table } from '@mantine/core';
import { day, money, number } from '../../format/numbers.ts';
import type { Candle } from '../../ui/charts/candle-chart.tsx';
import { Disclosure } from '../../ui/text/disclosure.tsx';
import { Moment } from '../../ui/values/moment.tsx';

interface BarTableProps {
  /** Of a moment or, when they are a day or longer, of a day. */
  bars: readonly Candle[];
  currency: string;
}

/** The candles in numbers, the newest first. */
export function BarTable({ bars, currency }: BarTableProps) {
  return (
    <Disclosure summary="Show as a table">
      <Table aria-label={`Prices in ${currency}`} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">From</Table.Th>
            {['Open', 'High', 'Low', 'Close', 'Volume'].map((name) => (
              <Table.Th key={name} scope="col" ta="end">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {bars.toReversed().map(({ time, open, high, low, close, volume }) => (
            <Table.Tr key={time}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {time.length === 10 ? day(time) : <Moment iso={time} />}
              </Table.Td>
              <Table.Td ta="end">{money(open, null)}</Table.Td>
              <Table.Td ta="end">{money(high, null)}</Table.Td>
              <Table.Td ta="end">{money(low, null)}</Table.Td>
              <Table.Td ta="end">{money(close, null)}</Table.Td>
              <Table.Td ta="end">{volume === null ? '–' : number(volume)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Disclosure>
  );
}
