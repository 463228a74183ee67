import { Table } from '@mantine/core';
import { cents, day, percentChange } from '../../format/numbers.ts';
import { Disclosure } from '../../ui/text/disclosure.tsx';
import type { EquityDay } from './equity-periods.ts';

interface EquityTableProps {
  days: readonly EquityDay[];
  currency: string | null;
}

/** The curve in numbers, the newest first. */
export function EquityTable({ days, currency }: EquityTableProps) {
  return (
    <Disclosure summary="Show as a table">
      <Table aria-label="Net asset value" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Date</Table.Th>
            <Table.Th scope="col" ta="end">
              {['Net asset value', currency].filter(Boolean).join(', ')}
            </Table.Th>
            <Table.Th scope="col" ta="end">
              Return
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map(({ date, net_asset_value, cumulative_return_percent }) => (
            <Table.Tr key={date}>
              <Table.Td>{day(date)}</Table.Td>
              <Table.Td ta="end">{cents(net_asset_value, currency)}</Table.Td>
              <Table.Td ta="end">
                {cumulative_return_percent === null ? '–' : percentChange(cumulative_return_percent)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Disclosure>
  );
}
