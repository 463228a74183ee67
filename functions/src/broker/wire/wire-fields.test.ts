import { expect, test } from 'vitest';
import { contractDetailsSchema } from '../contracts/contract-details.ts';
import { definitionsSchema, searchSchema } from '../contracts/contracts.ts';
import { scanSchema } from '../market/scanner.ts';
import { optionalText } from './wire-fields.ts';

test.each([
  ['AT&amp;T INC', 'AT&T INC'],
  ['MCDONALD&#39;S CORP', "MCDONALD'S CORP"],
  ['L&#x27;OREAL', "L'OREAL"],
  ['NESTL&Eacute; SA', 'NESTLÉ SA'],
  ['STANDARD &amp;amp; POOR', 'STANDARD &amp; POOR'],
  ['S&P 500', 'S&P 500'],
  ['B&not A', 'B&not A'],
  ['JOHNSON & JOHNSON', 'JOHNSON & JOHNSON'],
  [' &nbsp; ', null],
])('%s reads %s', (sent, read) => {
  expect(optionalText.parse(sent)).toBe(read);
});

test('names are decoded wherever IBKR tells them', () => {
  const name = 'AT&amp;T INC';
  const answers = [
    searchSchema.parse([{ conid: '1', symbol: 'T', companyName: name, description: 'NYSE', sections: [] }]),
    definitionsSchema.parse({
      secdef: [{ conid: 1, ticker: 'T', name, assetClass: 'STK', currency: 'USD' }],
    }),
    scanSchema.parse({ contracts: [{ con_id: 1, symbol: 'T', company_name: name }] }),
    contractDetailsSchema.parse({
      ...{ con_id: 1, symbol: 'T', company_name: name, instrument_type: 'STK', currency: 'USD' },
    }),
  ];
  for (const answer of answers) expect(JSON.stringify(answer)).toContain('"AT&T INC"');
});
