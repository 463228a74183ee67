import type { Call } from '@ibkr-gateway/functions/contract/audit';

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

/** Calls as CSV (RFC 4180), a line with the names of the columns first. */
export function callCsv(calls: readonly Call[]): string {
  const lines = calls.map((call) => COLUMNS.map((column) => cell(call[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** Spreadsheets take what begins with these for a formula, and hosts choose their own names and arguments. */
const FORMULA = /^[=+\-@\t\r\n]/;

function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
