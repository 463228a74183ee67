import type { AuditRecord, Call } from '@ibkr-gateway/functions/contract/audit';
import { csvHead, csvRows } from '../../format/csv.ts';

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
  head: csvHead(COLUMNS),
  page: (calls: readonly Call[]) => csvRows(COLUMNS, calls),
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
    head: csvHead(RECORD_COLUMNS),
    page: (records: readonly AuditRecord[]) => csvRows(RECORD_COLUMNS, records),
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
