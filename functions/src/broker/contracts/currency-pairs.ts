import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { cluedRowsOf, entriesOf } from '../wire/rows.ts';
import { conid, optionalText, text } from '../wire/wire-fields.ts';
import type { Contract } from './contracts.ts';

/** Pairs are added once in years. */
const CACHE_MS = 60 * 60_000;

const pairRows = cluedRowsOf(z.object({ symbol: text, conid }), z.object({ symbol: optionalText }));

/** By currency. */
export const currencyPairsSchema = entriesOf(pairRows).transform(({ rows, unread }) => ({
  rows: rows.flatMap(([, pairs]) => pairs.rows),
  /** A null symbol may be any. */
  unread: [...rows.flatMap(([, pairs]) => pairs.unread), ...unread.map((row) => ({ ...row, symbol: null }))],
}));

/** Currencies IBKR trades: what tells the pair `EURUSD` from a six-letter ticker such as `GOOGLX`. */
const CURRENCIES = new Set(
  (
    'AED AUD BGN BRL CAD CHF CLP CNH CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW KZT MXN MYR NOK NZD PLN ' +
    'RON RUB SAR SEK SGD THB TRY TWD USD ZAR'
  ).split(' '),
);

/** Whether it is the code of a currency, which is no instrument by itself. */
export function isCurrency(symbol: string): boolean {
  return CURRENCIES.has(symbol);
}

/** `EUR.USD`, `EURUSD`, `EUR/USD` or `EUR-USD` as its two currencies; null if it is not a pair. */
export function splitCurrencyPair(symbol: string): [base: string, quote: string] | null {
  const [, base = '', quote = ''] = /^([A-Z]{3})[./-]?([A-Z]{3})$/.exec(symbol) ?? [];
  return CURRENCIES.has(base) && CURRENCIES.has(quote) && base !== quote ? [base, quote] : null;
}

/**
 * The contract of a currency pair (`GET /iserver/currency/pairs`). IBKR trades a pair in one direction only and the
 * other is not offered here: its prices are the inverse and its sides are swapped.
 * @throws {BrokerError} `not_found`, naming the direction that exists if one does; `invalid`;
 * `unexpected_answer` where a pair that is not understood may be the one.
 */
export async function resolveCurrencyPair(client: IbkrClient, symbol: string): Promise<Contract> {
  const pair = splitCurrencyPair(symbol);
  if (pair === null) {
    throw new BrokerError({ name: 'not_a_pair', symbol });
  }
  const [base, quote] = pair;
  const { rows, unread } = await client.get('/iserver/currency/pairs', currencyPairsSchema, {
    query: { currency: quote },
    cacheMs: CACHE_MS,
  });
  const row = rows.find((candidate) => candidate.symbol === `${base}.${quote}`);
  if (row !== undefined) {
    return {
      conid: row.conid,
      symbol: row.symbol,
      name: null,
      secType: 'CASH',
      exchange: 'IDEALPRO',
      currency: quote,
      derivative: null,
      tradedOn: [],
    };
  }
  if (unread.some((candidate) => candidate.symbol === null || candidate.symbol === `${base}.${quote}`)) {
    throw new BrokerError({ name: 'unreadable_pair', pair: `${base}.${quote}` });
  }
  const isInverseTraded = rows.some((candidate) => candidate.symbol === `${quote}.${base}`);
  throw new BrokerError({ name: 'pair_not_traded', base, quote, isInverseTraded });
}
