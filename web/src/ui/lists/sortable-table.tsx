import { Table, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useKept } from '../pages/kept.ts';
import { Scroller } from './scroller.tsx';
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
  /** Of several rows together, such as their sum. */
  total?: (rows: readonly Row[]) => ReactNode;
}

interface SortableTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** Rows of one name stand together under it, with their totals. */
  groupOf?: ((row: Row) => string) | undefined;
}

interface Sorting {
  /** By its name: columns come and go. */
  column: string;
  descending: boolean;
}

/** Rows in the order they come in, until somebody sorts them by a column. */
export function SortableTable<Row>({ label, columns, rows, keyOf, groupOf }: SortableTableProps<Row>) {
  const [sorting, setSorting] = useKept<Sorting | null>(`order of ${label}`, null);
  const by = columns.find(({ name }) => name === sorting?.column);
  const shown = by === undefined ? rows : sorted(rows, by.sortBy, sorting?.descending ?? false);

  const sort = ({ name, numeric = false }: Column<Row>) => {
    // Of numbers one wants the largest first, of names the first in the alphabet.
    setSorting({ column: name, descending: sorting?.column === name ? !sorting.descending : numeric });
  };
  const groups = groupOf === undefined ? [] : [...Map.groupBy(shown, groupOf)];

  return (
    <Scroller label={label}>
      <Table aria-label={label} className={classes.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => {
              const { name, numeric, wideOnly } = column;
              const direction = sorting?.column === name ? directionOf(sorting) : undefined;
              return (
                <Table.Th
                  key={name}
                  scope="col"
                  aria-sort={direction}
                  data-numeric={numeric}
                  data-wide-only={wideOnly}
                >
                  <UnstyledButton className={classes.sort} onClick={() => sort(column)}>
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
        {groupOf === undefined && <Body columns={columns} rows={shown} keyOf={keyOf} />}
        {groups.map(([name, members]) => (
          <Body key={name} columns={columns} rows={members} keyOf={keyOf} name={name} />
        ))}
        {rows.length > 1 && columns.some(({ total }) => total) && (
          <Table.Tfoot>
            <Totals name="Total" columns={columns} rows={rows} scope="row" />
          </Table.Tfoot>
        )}
      </Table>
    </Scroller>
  );
}

interface BodyProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** Of a group. */
  name?: string;
}

function Body<Row>({ columns, rows, keyOf, name }: BodyProps<Row>) {
  return (
    <Table.Tbody>
      {name !== undefined && <Totals name={name} columns={columns} rows={rows} scope="rowgroup" />}
      {rows.map((row) => (
        <Table.Tr key={keyOf(row)}>
          {columns.map(({ name, cell, numeric, wideOnly }) => (
            <Table.Td key={name} data-numeric={numeric} data-wide-only={wideOnly}>
              {cell(row)}
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </Table.Tbody>
  );
}

interface TotalsProps<Row> {
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  scope: 'row' | 'rowgroup';
}

/** What rows come to together: the name in the first column, each total in its own. */
function Totals<Row>({ name, columns: [first, ...columns], rows, scope }: TotalsProps<Row>) {
  if (first === undefined) return null;
  return (
    <Table.Tr className={classes.totals}>
      <Table.Th scope={scope}>{name}</Table.Th>
      {columns.map(({ name, numeric, wideOnly, total }) => (
        <Table.Td key={name} data-numeric={numeric} data-wide-only={wideOnly}>
          {total?.(rows)}
        </Table.Td>
      ))}
    </Table.Tr>
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
