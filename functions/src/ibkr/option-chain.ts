import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { IbkrClient } from './client.ts';
import { type Contract, loadOptionsOf } from './contracts.ts';
import { IbkrError } from './ibkr-error.ts';
import { getQuotes, type Quote } from './market-data.ts';
import { isoDate } from './times.ts';
import { conid, decimal, optionalDecimal, optionalText, required } from './wire-fields.ts';

export type OptionRight = 'call' | 'put';

export interface OptionContract {
  conid: number;
  right: OptionRight;
  strike: number;
  /** ISO date. */
  expiry: string;
  multiplier: number | null;
  tradingClass: string | null;
  currency: string | null;
  /** Null unless asked for. */
  quote: Quote | null;
}

export interface OptionChain {
  /** Months with listed options, as IBKR names them (`JUN26`), nearest first. */
  months: string[];
  month: string;
  /** ISO dates that the chosen strikes have in this month. */
  expiries: string[];
  expiry: string;
  /** Price of the underlying that strikes were chosen around; null when IBKR has none. */
  underlyingPrice: number | null;
  /** By strike, calls before puts. */
  options: OptionContract[];
}

export interface OptionChainRequest {
  underlying: Contract;
  /** ISO date, or month as `JUN26`; the nearest when absent. */
  expiry?: string;
  /** How many strikes, nearest the price of the underlying; at most `MAX_STRIKES`. */
  strikes: number;
  rights: readonly OptionRight[];
  quotes: boolean;
}

/** Each strike and right costs a call, and IBKR takes 10 a second. */
export const MAX_STRIKES = 20;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

export const strikesSchema = z.object({ call: z.array(decimal), put: z.array(decimal) });

const optionRight = required((value): OptionRight | null =>
  value === 'C' ? 'call' : value === 'P' ? 'put' : null,
);

export const optionInfoSchema = z.array(
  z
    .object({
      conid,
      right: optionRight,
      strike: decimal,
      maturityDate: required(isoDate),
      multiplier: optionalDecimal,
      tradingClass: optionalText,
      currency: optionalText,
    })
    .transform(({ maturityDate, ...row }): OptionContract => ({ ...row, expiry: maturityDate, quote: null })),
);

/**
 * Options on an underlying, bounded by expiry, strikes and right (`GET /iserver/secdef/search`, `…/strikes` and
 * `…/info`).
 * @throws {GatewayError} `not_found` when there are no options, or none at that expiry; `invalid_arguments`.
 */
export async function getOptionChain(client: IbkrClient, request: OptionChainRequest): Promise<OptionChain> {
  let loaded = await loadChain(client, request);
  // A session that was opened anew in between has forgotten the search, and everything is empty.
  if (loaded.found.length === 0) loaded = await loadChain(client, request);
  const { months, month, underlyingPrice, found } = loaded;

  const expiries = [...new Set(found.map(({ expiry }) => expiry))].sort();
  const asked = request.expiry;
  const expiry = asked !== undefined && isDate(asked) ? asked : expiries[0];
  if (expiry === undefined || !expiries.includes(expiry)) {
    throw noSuchExpiry(request.underlying, expiries, months);
  }
  const options = found.filter((option) => option.expiry === expiry);
  return {
    months,
    month,
    expiries,
    expiry,
    underlyingPrice,
    options: request.quotes ? await withQuotes(client, options) : options,
  };
}

/** The options of a month at the strikes asked for, of every expiry in that month. */
async function loadChain(client: IbkrClient, { underlying, expiry, strikes, rights }: OptionChainRequest) {
  const months = await loadMonths(client, underlying);
  const month = chooseMonth(months, expiry);
  const [{ call, put }, [quote]] = await Promise.all([
    client.get('/iserver/secdef/strikes', strikesSchema, { query: optionQuery(underlying, month) }),
    getQuotes(client, [underlying.conid]),
  ]);
  const underlyingPrice = quote?.last ?? quote?.bid ?? quote?.previousClose ?? null;
  const listed = { call, put };
  const all = [...new Set(rights.flatMap((right) => listed[right]))];
  const wanted = nearest(all, underlyingPrice, Math.min(strikes, MAX_STRIKES)).flatMap((strike) =>
    rights.filter((right) => listed[right].includes(strike)).map((right) => ({ strike, right })),
  );
  const found = await Promise.all(
    wanted.map(({ strike, right }) => loadOptions(client, underlying, month, strike, right)),
  );
  return { months, month, underlyingPrice, found: found.flat() };
}

/** Without this search in the session, strikes and definitions are empty. */
async function loadMonths(client: IbkrClient, underlying: Contract): Promise<string[]> {
  const { conid, symbol, secType } = underlying;
  const matches = await loadOptionsOf(client, symbol, secType === 'IND' ? secType : undefined);
  const months = matches.find((match) => match.conid === conid)?.optionMonths ?? [];
  if (months.length === 0) {
    throw new GatewayError(
      'not_found',
      `IBKR lists no options on ${symbol} (conid ${conid}).`,
      'Options are listed on the primary listing of a stock or ETF and on some indices; check the conid.',
    );
  }
  return months;
}

function chooseMonth(months: readonly string[], expiry: string | undefined): string {
  const [first = ''] = months;
  if (expiry === undefined) return first;
  const month = isDate(expiry)
    ? `${MONTHS[Number(expiry.slice(5, 7)) - 1]}${expiry.slice(2, 4)}`
    : expiry.toUpperCase();
  if (months.includes(month)) return month;
  throw new GatewayError(
    'invalid_arguments',
    `expiry '${expiry}' is not in a month with listed options.`,
    `expiry is an ISO date or a month in one of ${months.join(', ')}.`,
  );
}

async function loadOptions(
  client: IbkrClient,
  underlying: Contract,
  month: string,
  strike: number,
  right: OptionRight,
): Promise<OptionContract[]> {
  const query = {
    ...optionQuery(underlying, month),
    strike: String(strike),
    right: right === 'call' ? 'C' : 'P',
  };
  try {
    return await client.get('/iserver/secdef/info', optionInfoSchema, { query });
  } catch (error) {
    // A strike of the month that this right does not have.
    if (error instanceof IbkrError && error.status === 400) return [];
    throw error;
  }
}

async function withQuotes(client: IbkrClient, options: readonly OptionContract[]): Promise<OptionContract[]> {
  const quotes = await getQuotes(
    client,
    options.map((option) => option.conid),
  );
  return options.map((option, index) => ({ ...option, quote: quotes[index] ?? null }));
}

function optionQuery(underlying: Contract, month: string) {
  return { conid: String(underlying.conid), sectype: 'OPT', month };
}

/** The strikes nearest to the price, in order; without a price those in the middle. */
function nearest(strikes: readonly number[], price: number | null, count: number): number[] {
  const ordered = strikes.toSorted((a, b) => a - b);
  const centre = price ?? ordered[Math.floor(ordered.length / 2)] ?? 0;
  return ordered
    .toSorted((a, b) => Math.abs(a - centre) - Math.abs(b - centre))
    .slice(0, count)
    .sort((a, b) => a - b);
}

function isDate(expiry: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(expiry);
}

function noSuchExpiry(
  underlying: Contract,
  expiries: readonly string[],
  months: readonly string[],
): GatewayError {
  return new GatewayError(
    'not_found',
    `IBKR lists no options on ${underlying.symbol} at that expiry.`,
    expiries.length > 0
      ? `In this month they expire on ${expiries.join(', ')}.`
      : `Months with options: ${months.join(', ')}.`,
  );
}
