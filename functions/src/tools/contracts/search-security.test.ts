import { expect, test } from 'vitest';
import type { ToolContext } from '../../connections/call-context.ts';
import type { Routes } from '../../testing/played/played-ibkr.ts';
import { playInstruments } from '../../testing/played/played-instruments.ts';
import { unpacked } from '../../testing/unpacked.ts';
import { callTool } from '../call-tool.ts';
import { searchSecurityTool } from './search-security.ts';

interface Answer {
  results: Record<string, unknown>[];
  found_by: string;
  truncated: boolean;
  note?: string;
  unread?: { count: number; reason: string };
}

async function search(args: object, routes: Routes = {}): Promise<Answer> {
  const ibkr = await playInstruments(undefined, routes);
  const context = {
    ibkr: ibkr.connection.client(),
    connection: { kind: 'sandbox' },
  } as unknown as ToolContext;
  const faults: unknown[] = [];
  const result = await callTool(
    searchSecurityTool,
    { ...args },
    async () => context,
    (fault) => faults.push(fault),
  );
  expect(faults).toEqual([]);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message} ${result.error.hint}`);
  return unpacked(result.value) as unknown as Answer;
}

const conidsBy = async (query: string) => (await search({ query })).results.map(({ conid }) => conid);

test('a result says where it is listed, in which currency, and what it is', async () => {
  expect((await search({ query: 'VOD' })).results).toEqual([
    {
      ...{ conid: 6, symbol: 'VOD', name: 'VODAFONE GROUP PLC-SP ADR', exchange: 'NASDAQ', currency: 'USD' },
      ...{ security_type: 'STK' },
    },
    {
      ...{ conid: 7, symbol: 'VOD', name: 'VOD', exchange: 'LSE', currency: 'GBP' },
      ...{ security_type: 'STK' },
    },
  ]);
  expect((await search({ query: 'ES', futures: true })).results[0]).toMatchObject({
    ...{
      conid: 41,
      exchange: 'CME',
      currency: 'USD',
      security_type: 'FUT',
      expiry: '2030-12-20',
      multiplier: 50,
    },
  });
  expect((await search({ query: 'btc' })).note).toContain('BTC-USD');
});

test.each<[string, number[]]>([
  ['VOD.L', [7]],
  ['VOD LN', [7]],
  ['LSE:VOD', [7]],
  ['AAPL.US', [1, 2]],
  ['BRK-B', [3]],
  ['BAC-PL', [5]],
  ['0700.HK', [10]],
  ['^GSPC', [20]],
  ['N225', [34]],
  ['EURUSD', [31]],
  ['/ES', [41, 42]],
  ['NQ', [43]],
])('%s is found in IBKR’s spelling', async (query, conids) => {
  expect(await conidsBy(query)).toEqual(conids);
});

test('what is no ticker is looked for by name, and the answer says so', async () => {
  expect(await search({ query: 'Berkshire' })).toMatchObject({
    results: [{ conid: 3, currency: 'USD', exchange: 'NYSE' }],
    found_by: 'name',
    note: "No ticker 'Berkshire' was found: these are companies of that name.",
  });
  expect(await search({ query: 'berkshire', by_name: true })).toMatchObject({ found_by: 'name' });
  expect(await search({ query: 'berkshire', by_name: true })).not.toHaveProperty('note');
});

test('nothing found comes with the next step', async () => {
  for (const args of [
    { query: 'NOSUCH' },
    { query: 'nosuch', by_name: true },
    { query: 'NOSUCH', futures: true },
  ]) {
    const { results, note } = await search(args);
    expect(results).toEqual([]);
    expect(note).toMatch(/found\. (Try|Give) /);
  }
  await expect(search({ query: 'USDEUR' })).rejects.toThrow(/only EUR\.USD.*SELL EUR\.USD/);
});

test('results that differ in their terms alone are told apart by them', async () => {
  const details = (multiplier: number, trading_class: string) => ({
    ...{ symbol: 'DAX', instrument_type: 'FUT', currency: 'EUR', local_symbol: `${trading_class} DEC` },
    ...{ multiplier: String(multiplier), trading_class },
  });
  const { results } = await search(
    { query: 'DAX', futures: true },
    {
      'GET /trsrv/futures': {
        DAX: [
          { symbol: 'DAX', conid: 91, expirationDate: 20301220 },
          { symbol: 'DAX', conid: 92, expirationDate: 20301220 },
          { symbol: 'DAX', conid: 93, expirationDate: 20310321 },
        ],
      },
      'GET /iserver/contract/91/info-and-rules': { con_id: 91, ...details(25, 'FDAX') },
      'GET /iserver/contract/92/info-and-rules': { con_id: 92, ...details(5, 'FDXM') },
    },
  );
  expect(results).toEqual([
    expect.objectContaining({ conid: 91, multiplier: 25, trading_class: 'FDAX', currency: 'EUR' }),
    expect.objectContaining({ conid: 92, multiplier: 5, trading_class: 'FDXM', currency: 'EUR' }),
    expect.objectContaining({ conid: 93, expiry: '2031-03-21' }),
  ]);
  expect(results[2]).toMatchObject({ trading_class: null });
});

test('a row that cannot be read fails nothing, and is told of', async () => {
  const row = { conid: '1', symbol: 'AAPL', companyName: 'APPLE &amp; CO', description: 'NASDAQ' };
  const answer = await search(
    { query: 'AAPL' },
    {
      'GET /iserver/secdef/search': [row, 7],
      'GET /trsrv/secdef': { secdef: [{ conid: 1, ticker: 'AAPL' }] },
    },
  );
  expect(answer).toMatchObject({
    results: [{ conid: 1, name: 'APPLE & CO', exchange: 'NASDAQ', currency: null }],
    unread: { count: 2, reason: expect.stringContaining('currency') },
  });
});
