import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from '../../connections/broker-words.ts';
import { otherMeaningNote } from '../../connections/instrument-words.ts';
import { type PlayedIbkr, playIbkr } from '../../testing/played/played-ibkr.ts';
import { type PlayedInstrument, playInstruments } from '../../testing/played/played-instruments.ts';
import { told } from '../../testing/told.ts';
import { BrokerError } from '../errors.ts';
import { type ContractQuery, resolveContract } from './contract-resolution.ts';

let ibkr: PlayedIbkr;
beforeAll(async () => {
  ibkr = await playInstruments();
});

const resolve = (query: ContractQuery) => resolveContract(ibkr.connection.client(), query);

/** The conid, or the code of the error. */
async function meant(query: ContractQuery): Promise<number | string> {
  try {
    return (await resolve(query)).conid;
  } catch (error) {
    if (error instanceof BrokerError) return codeOf(error.kind);
    throw error;
  }
}

describe('a symbol as other people write it', () => {
  test.each<[number, string]>([
    [
      1,
      'AAPL:US, AAPL.NASDAQ, AAPL@NASDAQ, AAPL.XNAS, AAPL, $AAPL, AAPL.US, AAPL US, AAPL US Equity, AAPL.O, NASDAQ:AAPL, XNAS:AAPL, AAPL UW',
    ],
    [2, 'AAPL.MX, BMV:AAPL, AAPL MM'],
    [3, 'BRK B, BRK.B, BRK-B, BRK/B, brk_b, $BRK.B, BRK/B US, BRK-B.US, NYSE:BRK.B, BRK.B.N'],
    [5, 'BAC PRL, BAC-PL, BAC.PR.L, BAC-P-L, BAC.PRL, BAC PR L, BAC/PRL, BAC^L, BAC-PRL'],
    [7, 'VOD:LSE, VOD:LN, VOD.XLON, VOD@LSE, VOD.L, VOD LN, LSE:VOD, LON:VOD, XLON:VOD, VOD LN Equity'],
    [8, 'BP.L, BP LN, LON:BP, LSE:BP., BP.'],
    [10, '0700.HK, 700.HK, 00700.HK, 700 HK, HKEX:700, HKG:0700, 0700'],
    [11, '7203.T, 7203 JP, TSE:7203, TYO:7203, 7203'],
    [13, 'RY.TO, RY CN, TSX:RY, TSE:RY'],
    [14, 'SAP.DE, SAP GY, XETR:SAP, ETR:SAP, SAP GR'],
    [17, 'AIR.PA, AIR FP, EURONEXT:AIR, EPA:AIR'],
    [18, 'BBD.B, BBD-B.TO, BBD/B CN, TSX:BBD.B'],
    [20, '^GSPC, ^SPX, .SPX, .INX, I:SPX, SPX Index, INDEXSP:.INX, CBOE:SPX, SP:SPX'],
    [23, 'BTC-USD, BTCUSD, BTC/USD, BTC.USD, X:BTCUSD, COINBASE:BTCUSD'],
    [25, '^GDAXI, ^DAX, DAX Index'],
    [29, 'T-PA, T.PR.A, T PRA'],
    [31, 'EUR.USD, EURUSD, EUR/USD, EUR-USD, EURUSD=X, C:EURUSD, FX:EURUSD, EURUSD Curncy, EUR_USD, eur usd'],
    [34, '^N225, N225, ^NKY'],
    [35, 'VUSA.L, VUSA, LSE:VUSA'],
  ])('conid %i', async (conid, symbols) => {
    for (const symbol of symbols.split(', ')) {
      expect([symbol, await meant({ symbol })]).toEqual([symbol, conid]);
    }
  });

  test('says where, and then nothing from elsewhere is taken', async () => {
    for (const symbol of [
      'CL.L',
      'BRK.B.TO',
      '7203.HK',
      'T.PA',
      'AAPL.DE',
      'AAPL GY',
      'FOO:AAPL',
      'BAC.PR.T',
    ]) {
      expect([symbol, await meant({ symbol })]).toEqual([symbol, 'not_found']);
    }
    await expect(resolve({ symbol: 'AAPL.DE' })).rejects.toEqual(
      told({
        message: expect.stringMatching(/It has AAPL conid 1 NASDAQ USD APPLE INC; AAPL conid 2 MEXI MXN/),
      }),
    );
  });

  test('a class without its blank is offered, and not taken', async () => {
    await expect(resolve({ symbol: 'BRKB' })).rejects.toEqual(
      told({
        code: 'not_found',
        message: "IBKR knows no instrument 'BRKB'. Is it BRK B conid 3 NYSE USD BERKSHIRE HATHAWAY INC-CL B?",
      }),
    );
    await expect(resolve({ symbol: 'BACPRL' })).rejects.toEqual(
      told({ message: expect.stringMatching(/Is it BAC PRL conid 5/) }),
    );
    expect(await meant({ symbol: 'HEIA' })).toBe(27);
    expect(await meant({ symbol: 'HEI.A' })).toBe(26);
  });

  test('options and futures go by conid, and the answer says which', async () => {
    await expect(resolve({ symbol: 'AAPL261218C00250000' })).rejects.toEqual(
      told({
        code: 'invalid_arguments',
        message: "'AAPL261218C00250000' is an option, AAPL 2026-12-18 250 call, and options go by conid.",
        hint: expect.stringContaining('symbol AAPL, expiry 2026-12-18 and right CALL'),
      }),
    );
    for (const symbol of ['ES=F', '/ES', '/ESZ30', 'ESZ0', 'CME_MINI:ES1!', '@ES', 'ES1 Index', 'ES']) {
      await expect(resolve({ symbol }), symbol).rejects.toEqual(
        told({
          code: 'ambiguous_symbol',
          message: expect.stringContaining('conid 41 expires 2030-12-20; conid 42 expires 2031-03-21'),
        }),
      );
    }
    await expect(resolve({ symbol: 'NQ' })).rejects.toEqual(
      told({ message: expect.stringContaining('conid 43 expires 2030-12-20') }),
    );
    expect(await meant({ symbol: 'NOSUCH=F' })).toBe('not_found');
  });

  test('a cryptocurrency is never a fund, nor priced in something else', async () => {
    const noteOn = async (symbol: string) => otherMeaningNote(await resolve({ symbol }));
    expect(await meant({ symbol: 'BTC' })).toBe(22);
    expect(await noteOn('BTC')).toEqual({
      note: 'BTC was taken for BTC (GRAYSCALE BITCOIN MINI TRUST), listed on ARCA in USD. The cryptocurrency is BTC-USD; search_security with futures lists futures.',
    });
    expect((await noteOn('CL')).note).toMatch(/COLGATE.* futures on crude oil/);
    expect(await noteOn('AAPL')).toEqual({});
    for (const symbol of ['BTCUSDT', 'BTC-EUR', 'ETH-USD', 'AAPL-USD']) {
      expect([symbol, await meant({ symbol })]).toEqual([symbol, 'not_found']);
    }
  });

  test('an index and a stock of one name are told apart by who asks', async () => {
    await expect(resolve({ symbol: 'SPX' })).rejects.toEqual(
      told({
        code: 'ambiguous_symbol',
        message: expect.stringMatching(/SPX conid 19 LSE GBP.*SPX conid 20 CBOE USD IND S&P 500/),
      }),
    );
    expect(await meant({ symbol: 'SPX', exchange: 'SMART' })).toBe('ambiguous_symbol');
    expect(await meant({ symbol: '$SPX' })).toBe('ambiguous_symbol');
    expect(await meant({ symbol: 'SPX', exchange: 'CBOE' })).toBe(20);
    expect(await meant({ symbol: 'SPX', currency: 'USD' })).toBe(20);
    expect(await meant({ symbol: 'SPX', exchange: 'LSE' })).toBe(19);
    expect(await meant({ symbol: 'SPX', currency: 'GBP' })).toBe(19);
    expect(await meant({ symbol: 'DAX' })).toBe('ambiguous_symbol');
    // A stock in the United States whose name is not that of an index.
    expect(await meant({ symbol: 'Z' })).toBe(32);
  });
});

describe('an exchange', () => {
  test.each<[number, ContractQuery]>([
    [1, { symbol: 'AAPL', exchange: 'SMART' }],
    [1, { symbol: 'AAPL', exchange: 'ISLAND' }],
    [1, { symbol: 'AAPL', exchange: 'NASDAQ.NMS' }],
    [1, { symbol: 'AAPL', exchange: 'nms' }],
    [1, { symbol: 'AAPL', exchange: 'XNAS' }],
    [3, { symbol: 'BRK.B', exchange: 'XNYS' }],
    [22, { symbol: 'BTC', exchange: 'NYSE Arca' }],
    [14, { symbol: 'SAP', exchange: 'XETRA' }],
    [14, { symbol: 'SAP', exchange: 'IBIS2' }],
    [13, { symbol: 'RY', exchange: 'TSX' }],
    [7, { symbol: 'VOD', exchange: 'XLON' }],
    [36, { symbol: 'IWDA', exchange: 'LSE' }],
    [37, { symbol: 'IWDA', exchange: 'Euronext' }],
    [11, { symbol: '7203', exchange: 'Tokyo' }],
    [10, { symbol: '0700.HK', exchange: 'SEHK', currency: 'HKD' }],
    [31, { symbol: 'EURUSD', exchange: 'IDEALPRO', currency: 'USD' }],
  ])('names conid %i: %j', async (conid, query) => {
    expect(await meant(query)).toBe(conid);
  });

  test('where it is not listed is told with where it is', async () => {
    await expect(resolve({ symbol: 'VOD', exchange: 'XETRA' })).rejects.toEqual(
      told({
        code: 'not_found',
        message: expect.stringMatching(/'VOD' on XETRA\. It has VOD conid 6 NASDAQ USD.*VOD conid 7 LSE GBP/),
      }),
    );
    await expect(resolve({ symbol: 'AAPL', currency: 'JPY' })).rejects.toEqual(
      told({ message: expect.stringMatching(/in JPY\. It has AAPL conid 1 NASDAQ USD.*conid 2 MEXI MXN/) }),
    );
  });

  test('or a currency or symbol that a conid does not have is refused', async () => {
    for (const wrong of [
      { exchange: 'LSE' },
      { currency: 'EUR' },
      { symbol: 'NVDA' },
      { symbol: 'AAPL.MX' },
    ]) {
      await expect(resolve({ conid: 1, ...wrong })).rejects.toEqual(
        told({
          code: 'invalid_arguments',
          message: expect.stringMatching(/^conid 1 is AAPL \(APPLE INC\), listed on NASDAQ in USD, and not /),
        }),
      );
    }
    for (const right of [
      { exchange: 'SMART' },
      { exchange: 'island', currency: 'usd' },
      { symbol: 'AAPL.US' },
    ]) {
      expect(await meant({ conid: 1, ...right })).toBe(1);
    }
    for (const wrong of [{ currency: 'GBP' }, { exchange: 'LSE' }]) {
      expect(await meant({ symbol: 'EUR.USD', ...wrong })).toBe('invalid_arguments');
    }
    expect(await resolve({ conid: 31 })).toMatchObject({ symbol: 'EUR.USD', secType: 'CASH' });
  });
});

test('the other direction of a pair is never turned round, and the hint says how to mean it', async () => {
  for (const symbol of ['USD.EUR', 'USDEUR', 'EUR=X']) {
    await expect(resolve({ symbol })).rejects.toEqual(
      told({
        code: 'not_found',
        message: 'IBKR does not trade USD.EUR, only EUR.USD.',
        hint: 'To buy USD with EUR, SELL EUR.USD; to sell USD, BUY it. The quantity is then in EUR, and the price 1 divided by yours.',
      }),
    );
  }
});

/** The spellings of one instrument that other programs use. */
function spellings({ symbol, exchange }: PlayedInstrument): string[] {
  const [, base, letters] = /^(\w+)[ .](\w+)$/.exec(symbol) ?? [];
  const preferred = letters?.startsWith('PR') ? letters.slice(2) : undefined;
  const forms =
    preferred !== undefined
      ? [`${base}-P${preferred}`, `${base}.PR.${preferred}`, `${base} PR${preferred}`, `${base}^${preferred}`]
      : letters === undefined
        ? [symbol]
        : [' ', '.', '-', '/', '_'].map((sign) => `${base}${sign}${letters}`);
  const [ending, code, prefix] = PLACES[exchange] ?? [];
  return forms.flatMap((form) => [
    form,
    `$${form}`,
    ...(ending === undefined ? [] : [`${form}.${ending}`, `${form} ${code}`, `${prefix}:${form}`]),
  ]);
}

const PLACES: Readonly<Record<string, [ending: string, code: string, prefix: string]>> = {
  ...{ NASDAQ: ['US', 'US', 'NASDAQ'], NYSE: ['US', 'US', 'NYSE'], ARCA: ['US', 'US', 'ARCX'] },
  ...{
    LSE: ['L', 'LN', 'LSE'],
    LSEETF: ['L', 'LN', 'LON'],
    SEHK: ['HK', 'HK', 'HKEX'],
    TSEJ: ['T', 'JP', 'TYO'],
  },
  ...{
    TSE: ['TO', 'CN', 'TSX'],
    IBIS: ['DE', 'GY', 'XETR'],
    SBF: ['PA', 'FP', 'EPA'],
    AEB: ['AS', 'NA', 'AMS'],
  },
  ...{ MEXI: ['MX', 'MM', 'BMV'] },
};

const stock = fc.record({
  symbol: fc.oneof(
    fc.constantFrom('A', 'T', 'BP', 'BRK', 'BAC', 'SPX', 'BTC', 'ES'),
    fc.stringMatching(/^[A-Z]{1,4}$/),
    fc.stringMatching(/^[A-Z]{1,3} [ABL]$/),
    fc.stringMatching(/^[A-Z]{1,3} PR[AL]$/),
    fc.stringMatching(/^[1-9]\d{2,3}$/),
  ),
  exchange: fc.constantFrom(...Object.keys(PLACES)),
});

test('whatever spelling of a stock is used, it is that stock or an error, and never another one', async () => {
  const instruments: PlayedInstrument[] = [];
  const played = await playInstruments(instruments);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(stock, {
        minLength: 1,
        maxLength: 12,
        selector: (one) => `${one.symbol}@${one.exchange}`,
      }),
      async (stocks) => {
        const listed = stocks.map((one, index) => ({
          ...one,
          conid: index + 1,
          currency: 'USD',
          isUS: isAmerican(one.exchange),
        }));
        instruments.splice(0, instruments.length, ...listed);
        const client = played.connect().client();
        for (const one of listed) {
          for (const symbol of spellings(one)) {
            const found = await resolveContract(client, { symbol }).catch((error) => error);
            if (found instanceof BrokerError) continue;
            expect([symbol, lettersOf(found.symbol)]).toEqual([symbol, lettersOf(one.symbol)]);
            if (saysWhere(symbol)) {
              expect([symbol, country(found.exchange)]).toEqual([symbol, country(one.exchange)]);
            }
            // A symbol that only one stock has finds that one.
            if (listed.filter((other) => lettersOf(other.symbol) === lettersOf(one.symbol)).length === 1) {
              expect([symbol, found.conid]).toEqual([symbol, one.conid]);
            }
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

const isAmerican = (exchange: string) => ['NASDAQ', 'NYSE', 'ARCA'].includes(exchange);
const country = (exchange: string) => (isAmerican(exchange) ? 'US' : exchange.replace('ETF', ''));
const lettersOf = (symbol: string) => symbol.replaceAll(/[^A-Z0-9]/g, '');
const saysWhere = (symbol: string) =>
  symbol.includes(':') ||
  Object.values(PLACES).some(
    ([ending, code]) => symbol.endsWith(`.${ending}`) || symbol.endsWith(` ${code}`),
  );

describe('a list of listings with rows that are not understood', () => {
  const [american, mexican] = [
    { conid: 1, exchange: 'NASDAQ', isUS: true },
    { conid: 2, exchange: 'MEXI', isUS: false },
  ];
  const nameless = (fields: object) => ({ contracts: [{ conid: 'none', ...fields }] });
  const rows = (...contracts: object[]) => ({ name: 'ACME', contracts });
  const definition = (conid: number, listingExchange: string, currency: string) => ({
    ...{ conid, ticker: 'ACME', assetClass: 'STK', listingExchange, currency },
  });

  /** What a symbol means where IBKR lists those companies under it. */
  async function meantAmong(companies: unknown, query: Partial<ContractQuery> = {}) {
    const { connection } = await playIbkr(
      { accounts: ['DU1'] },
      {
        'GET /trsrv/stocks': { ACME: companies },
        'GET /trsrv/secdef': { secdef: [definition(1, 'NASDAQ', 'USD'), definition(2, 'MEXI', 'MXN')] },
        'GET /iserver/secdef/search': [],
      },
    );
    const found = await resolveContract(connection.client(), { symbol: 'ACME', ...query }).catch(
      (error) => error,
    );
    return found instanceof BrokerError ? codeOf(found.kind) : found.conid;
  }

  test.each([
    ['nothing at all', null],
    ['a text', 'ACME'],
    ['a company without contracts', { name: 'ACME' }],
    ['no conid', nameless({ exchange: 'MEXI', isUS: false })],
    ['no conid, and it does not say where', nameless({})],
  ])('has the US listing all the same, beside %s', async (_, row) => {
    expect(await meantAmong([row, rows(american, mexican)])).toBe(1);
    expect(await meantAmong([rows(american), row])).toBe(1);
  });

  test('beside contracts of the same company', async () => {
    expect(await meantAmong([rows({ exchange: 'NYSE' }, american)])).toBe(1);
  });

  test('takes no other one for the US listing, which may be what is not understood', async () => {
    expect(await meantAmong([rows(mexican), null])).toBe('ambiguous_symbol');
    expect(await meantAmong([rows(mexican, { exchange: 'NYSE', isUS: true })])).toBe('ambiguous_symbol');
    expect(await meantAmong([rows(mexican), nameless({ isUS: false })])).toBe(2);
    expect(await meantAmong([rows(mexican), null], { exchange: 'MEXI' })).toBe(2);
    expect(await meantAmong([rows(mexican), null], { currency: 'MXN' })).toBe(2);
  });

  test.each([[[null]], [[nameless({ isUS: true })]], ['ACME'], [null]])(
    'is no proof that there is none: %j',
    async (companies) => {
      expect(await meantAmong(companies)).toBe('ibkr_unexpected_answer');
    },
  );
});
