/** Tables as CSV (RFC 4180), in which spreadsheets find no formulas. */

type Value = string | number | null;

/** One line for each row. */
export function csvRows<Column extends string>(
  columns: readonly Column[],
  rows: readonly Record<Column, Value>[],
): string {
  return rows.map((row) => line(columns.map((column) => cell(row[column])))).join('');
}

/** The line with the names of the columns, behind the mark by which Excel knows that this is UTF-8. */
export function csvHead(columns: readonly string[]): string {
  return `\ufeff${line(columns)}`;
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/** Spreadsheets take what begins with these for a formula, and hosts choose their own names and arguments. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: Value): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
