/** What the activity says once it was verified. */
import type { AuditVerification } from '@ibkr-gateway/functions/contract/audit';
import { expect, it } from 'vitest';
import { verificationWords } from '../src/features/activity/verification-words.ts';

const found: AuditVerification = {
  isIntact: true,
  isWhole: true,
  records: 1_204,
  since: '2026-11-03T09:12:05.000Z',
  until: '2026-11-28T09:12:05.000Z',
  sequence: 1_204,
  hash: 'a'.repeat(64),
  unproven: 0,
  breaks: [],
  breakCount: 0,
};

it('says how much is intact', () => {
  const { tone, title, lines } = verificationWords(found);
  expect([tone, title]).toEqual(['good', 'The activity is intact']);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^1,204 records since Nov 3, 2026, .* verified\. Nothing in them was changed/);
});

it('says of very many that only the latest were verified, and of old ones that nothing proves them', () => {
  const { tone, lines } = verificationWords({ ...found, isWhole: false, unproven: 3 });
  expect(tone).toBe('good');
  expect(lines.slice(1)).toEqual([
    'These are the latest ones. The operator can verify the others.',
    '3 are from before records were chained: nothing proves them.',
  ]);
});

it('says where records are not what was written', () => {
  const at = '2026-11-20T10:00:00.000Z';
  const { tone, lines } = verificationWords({
    ...found,
    isIntact: false,
    breaks: [
      { kind: 'changed', recordId: 'c-0000000012', sequence: 12, at },
      { kind: 'end_missing', recordId: null, sequence: 1_300, at: null },
      { kind: 'end_changed', recordId: null, sequence: null, at: null },
    ],
    breakCount: 5,
  });
  expect(tone).toBe('bad');
  expect(lines[0]).toMatch(/^A record is not as it was written \(Nov 20, 2026, .*, record 12\)\.$/);
  expect(lines.slice(1, 4)).toEqual([
    'The latest records were deleted (record 1,300).',
    'The end of the records was changed, put back or deleted.',
    'And 2 more.',
  ]);
  expect(lines.at(-1)).toContain('Tell its operator');
});
