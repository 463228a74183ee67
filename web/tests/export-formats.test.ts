/** What a file of records holds: enough to follow each chain from hash to hash. */
import type { AuditRecord } from '@ibkr-gateway/functions/contract/audit';
import { expect, it } from 'vitest';
import { RECORD_FORMATS } from '../src/features/activity/export-formats.ts';

const record = (sequence: number, fields: Partial<AuditRecord> = {}) =>
  ({
    id: `c-${sequence}`,
    sequence,
    previous: sequence === 1 ? null : `hash ${sequence - 1}`,
    hash: `hash ${sequence}`,
    tool: 'get_cash',
    arguments: '{"a":"b, c"}',
    ...fields,
  }) as Partial<AuditRecord> as AuditRecord;

it('is CSV with the names of the columns once, whatever the pages', () => {
  const { head, page } = RECORD_FORMATS.CSV;
  const file = head + page([record(1), record(2, { tool: '=1+1' })]) + page([record(3)]);
  const lines = file.split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^\ufeffid,sequence,previous,hash,connectionId,/);
  expect(lines[1]).toMatch(/^"c-1",1,"","hash 1",/);
  expect(lines[2]).toMatch(/^"c-2",2,"hash 1","hash 2",.*"'=1\+1"/);
  expect(lines[2]).toContain(`"{""a"":""b, c""}"`);
  expect(lines[3]).toMatch(/^"c-3",3,"hash 2",/);
});

it('is JSON lines with each record as it is', () => {
  const { head, page } = RECORD_FORMATS['JSON lines'];
  const records = [record(1), record(2)];
  const lines = (head + page(records) + page([])).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual(records);
});
