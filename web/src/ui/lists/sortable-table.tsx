import { Table, UnstyledButton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './sortable-table.module.css';

export interface Column<Row> {
  name: string;
  /** By what it sorts; what is not known comes last. */
  sortBy: (row: Row) => number | string | null;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their column. */
  numeric?: boolean;
  /** Left out where there is no room for it. */
  wideOnly?: boolean;
}

interface SortableTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
}

interface Sorting {
  column: number;
  descending: boolean;
}

/** Rows in the order they come in, until somebody sorts them by a column. */
export function SortableTable<Row>({ label, columns, rows, keyOf }: SortableTableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting>();
  const by = sorting && columns[sorting.column];
  const shown = by === undefined ? rows : sorted(rows, by.sortBy, sorting?.descending ?? false);

  const sort = (column: number) => {
    // Of numbers one wants the largest first, of names the first in the alphabet.
    const first = columns[column]?.numeric ?? false;
    setSorting({ column, descending: sorting?.column === column ? !sorting.descending : first });
  };

  return (
    <div className={classes.scroller}>
      <Table aria-label={label} className={classes.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ name, numeric, wideOnly }, index) => {
              const direction = sorting?.column === index ? directionOf(sorting) : undefined;
              return (
                <Table.Th
                  key={name}
                  scope="col"
                  aria-sort={direction}
                  data-numeric={numeric}
                  data-wide-only={wideOnly}
                >
                  <UnstyledButton className={classes.sort} onClick={() => sort(index)}>
                    <span>{name}</span>
                    <span aria-hidden className={classes.arrow}>
                      {direction === undefined ? '\u00a0' : direction === 'descending' ? '↓' : '↑'}
                    </span>
                  </UnstyledButton>
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ name, cell, numeric, wideOnly }) => (
                <Table.Td key={name} data-numeric={numeric} data-wide-only={wideOnly}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function directionOf({ descending }: Sorting) {
  return descending ? 'descending' : 'ascending';
}

function sorted<Row>(
  rows: readonly Row[],
  sortBy: Column<Row>['sortBy'],
  descending: boolean,
): readonly Row[] {
  return rows.toSorted((a, b) => {
    const [one, other] = [sortBy(a), sortBy(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    const order =
      typeof one === 'number' && typeof other === 'number'
        ? one - other
        : String(one).localeCompare(String(other));
    return descending ? -order : order;
  });
}
