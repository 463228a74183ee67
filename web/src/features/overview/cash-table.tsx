import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Cash } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { Table } from '@mantine/core';
import { cents } from '../../format/numbers.ts';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { Section } from '../../ui/text/section.tsx';
import classes from './cash-table.module.css';

/** Cash by currency, and what all of it is worth. */
export function CashTable({ cash }: { cash: Cash | undefined }) {
  return (
    <Section title="Cash">{cash === undefined ? <TableSkeleton rows={3} /> : <Balances {...cash} />}</Section>
  );
}

function Balances({ balances, base_currency, total_in_base }: Cash) {
  return (
    <div className={classes.scroller}>
      <Table className={classes.cash} aria-label="Cash by currency">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Currency</Table.Th>
            <Table.Th scope="col">Balance</Table.Th>
            <Table.Th scope="col">In {base_currency ?? 'base currency'}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rowsOf(balances).map(({ currency, cash, rate_to_base }) => (
            <Table.Tr key={currency}>
              <Table.Td>{currency}</Table.Td>
              <Table.Td>{cents(cash, currency)}</Table.Td>
              <Table.Td>{cents(rate_to_base === null ? null : cash * rate_to_base, base_currency)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row" colSpan={2}>
              Total
            </Table.Th>
            <Table.Td fw={600}>{cents(total_in_base, base_currency)}</Table.Td>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </div>
  );
}
