import { Table } from '@mantine/core';
import { cents, day } from '../../format/numbers.ts';
import { Disclosure } from '../../ui/text/disclosure.tsx';

interface EquityTableProps {
  points: readonly { time: string; value: number }[];
  currency: string | null;
}

/** The curve in numbers, the newest first. */
export function EquityTable({ points, currency }: EquityTableProps) {
  return (
    <Disclosure summary="Show as a table">
      <Table aria-label="Net asset value" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Date</Table.Th>
            <Table.Th scope="col" ta="end">
              {['Net asset value', currency].filter(Boolean).join(', ')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.toReversed().map(({ time, value }) => (
            <Table.Tr key={time}>
              <Table.Td>{day(time)}</Table.Td>
              <Table.Td ta="end">{cents(value, currency)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Disclosure>
  );
}
