import type { AuditRecord, Call } from '@ibkr-gateway/functions/contract/audit';

const COLUMNS = [
  'at',
  'tool',
  'outcome',
  'errorCode',
  'errorMessage',
  'arguments',
  'source',
  'credentialLabel',
  'clientName',
  'clientVersion',
  'scope',
  'milliseconds',
  'upstreamCalls',
  'intentId',
  'address',
  'requestId',
] as const satisfies (keyof Call)[];

/** Calls as CSV (RFC 4180), written page by page: a line with the names of the columns stands before the first. */
export const CALL_CSV = {
  head: lines([COLUMNS.join(',')]),
  page: (calls: readonly Call[]) => lines(calls.map((call) => row(COLUMNS, call))),
};

const RECORD_COLUMNS = [
  'id',
  'sequence',
  'previous',
  'hash',
  'connectionId',
  'connectionKind',
  ...COLUMNS,
  'begunId',
  'credentialId',
  'expireAt',
] as const satisfies (keyof AuditRecord)[];

/** Records in a form that is written page by page: what stands before the first, and each page. */
export const RECORD_FORMATS = {
  CSV: {
    extension: 'csv',
    type: 'text/csv',
    head: lines([RECORD_COLUMNS.join(',')]),
    page: (records: readonly AuditRecord[]) => lines(records.map((record) => row(RECORD_COLUMNS, record))),
  },
  /** One object a line, with every field as it is kept. */
  'JSON lines': {
    extension: 'jsonl',
    type: 'application/jsonl',
    head: '',
    page: (records: readonly AuditRecord[]) => records.map((each) => `${JSON.stringify(each)}\n`).join(''),
  },
} as const;
export type RecordFormat = keyof typeof RECORD_FORMATS;

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join('');
}

function row<Column extends string>(
  columns: readonly Column[],
  values: Record<Column, string | number | null>,
): string {
  return columns.map((column) => cell(values[column])).join(',');
}

/** Spreadsheets take what begins with these for a formula, and hosts choose their own names and arguments. */
const FORMULA = /^[=+\-@\t\r\n]/;

function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
