import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Cash } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { Table } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { cents } from '../../format/numbers.ts';
import { Scroller } from '../../ui/lists/scroller.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { Section } from '../../ui/text/section.tsx';
import classes from './cash-table.module.css';
import { isHeld } from './holdings.ts';
import { Pending } from './pending.tsx';

/** Cash by currency, and what all of it is worth. */
export function CashTable({ cash }: { cash: UseQueryResult<Cash> }) {
  return (
    <Section title="Cash">
      {cash.data === undefined ? (
        <Pending of={[cash]}>
          <TableSkeleton rows={3} />
        </Pending>
      ) : (
        <Balances {...cash.data} />
      )}
    </Section>
  );
}

function Balances({ balances, base_currency, total_in_base }: Cash) {
  return (
    <Scroller label="Cash by currency">
      <Table className={classes.cash} aria-label="Cash by currency">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Currency</Table.Th>
            <Table.Th scope="col">Balance</Table.Th>
            <Table.Th scope="col">In {base_currency ?? 'base currency'}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rowsOf(balances)
            .filter(isHeld)
            .map(({ currency, cash, rate_to_base }) => (
              <Table.Tr key={currency}>
                <Table.Td>{currency}</Table.Td>
                <Table.Td>{cents(cash, currency)}</Table.Td>
                <Table.Td>
                  {cents(rate_to_base === null ? null : cash * rate_to_base, base_currency)}
                </Table.Td>
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
    </Scroller>
  );
}
