/** How lists go out in answers: the names of the fields once, then the values of each row in that order. */

/** Rows of one kind. A column that no row has anything for is not there. */
export interface Table<Row extends object> {
  columns: (keyof Row & string)[];
  rows: unknown[][];
  /** Of the type alone. */
  readonly row?: Row;
}

/** @param names In which order the columns stand. A field that is undefined in every row has none. */
export function tableOf<Row extends object>(
  names: readonly (keyof Row & string)[],
  rows: readonly Row[],
): Table<Row> {
  const columns = names.filter((name) => rows.some((row) => row[name] !== undefined));
  return { columns, rows: rows.map((row) => columns.map((name) => row[name] ?? null)) };
}

/** The rows as objects. Fields without a column are undefined. */
export function rowsOf<Row extends object>({ columns, rows }: Table<Row>): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])) as Row);
}
