import { type Contract, loadOptionsOf } from '../contracts/contracts.ts';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import type { UnreadRow } from '../wire/rows.ts';
import { getQuotes, type Quote } from './market-data.ts';
import { hasStoppedTrading, isStandardExpiry } from './option-expiry.ts';
import {
  DEFINITIONS_SERVE_MS,
  expiriesOf,
  getStrikes,
  isOfSeries,
  type ListedOption,
  OptionMonth,
  type OptionProbe,
  type OptionRight,
  type OptionSeries,
  type Strikes,
  seriesOf,
} from './option-series.ts';

export interface OptionContract extends ListedOption {
  /** Null unless asked for. */
  quote: Quote | null;
}

export interface OptionChain extends OptionSeries {
  /** Months with listed options, as IBKR names them (`JUN26`), nearest first. */
  months: string[];
  month: string;
  /** ISO dates at which options of this month expire, as far as they were seen. */
  expiries: string[];
  /** Other options with the same expiry, which are not in `options`. */
  otherSeries: OptionSeries[];
  /** They are listed and trade no more. */
  hasStoppedTrading: boolean;
  /** Price of the underlying; null when IBKR has none. */
  underlyingPrice: number | null;
  /** Of one series, by strike, calls before puts. */
  options: OptionContract[];
  /** There may be nearer strikes, or more of them: not all of the month could be looked at. */
  isCut: boolean;
  unread: UnreadRow[];
}

export interface OptionChainRequest {
  underlying: Contract;
  /**
   * ISO date, or month as `JUN26`, which is its standard expiry if it has one that trades; the first that still trades
   * when absent.
   */
  expiry?: string;
  /** `SPXW`; the usual one when absent. */
  tradingClass?: string;
  /** How many strikes; at most `MAX_STRIKES`. */
  strikes: number;
  /** The price that they are to be nearest to; that of the underlying when absent. */
  around?: number;
  /** None below this. */
  strikeMin?: number;
  /** None above this. */
  strikeMax?: number;
  rights: readonly OptionRight[];
  quotes: boolean;
}

export const MAX_STRIKES = 20;

/** Each costs a call, and IBKR takes 10 a second. */
const MAX_PROBES = 60;
/** Then it is seen whether that is enough. */
const PROBES_A_ROUND = 16;
/** So many strikes are looked at before it is said which expiries and classes there are. */
const LEAST_PROBES = 6;
/** These are taken by their distance; further ones are the round ones first, which far expiries have. */
const NEAREST_PROBES = 40;
/** Further ones do not come first because the nearer ones are over. */
const MOST_MONTHS = 4;
/** Left for what comes after the probes. */
const REST_MS = 9_000;

/** As IBKR names them: `JUN26`. */
export const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/**
 * Options of one series on an underlying: the strikes nearest to its price that this expiry has. Without an expiry it
 * is the first that still trades.
 * @throws {BrokerError} `not_found` when there are no options, or none of that expiry or class, or none that were
 * looked at; `invalid`.
 */
export async function getOptionChain(client: IbkrClient, request: OptionChainRequest): Promise<OptionChain> {
  const { underlying, expiry, around } = request;
  const [listed, underlyingPrice] = await Promise.all([
    loadMonths(client, underlying),
    priceOf(client, underlying),
  ]);
  const search = new ChainSearch(client, request, centreOf(request, around ?? underlyingPrice));
  for (const month of monthsAsked(listed, expiry).slice(0, MOST_MONTHS)) {
    const found = await search.lookAt(month);
    if (found !== null) {
      const { series, ...rest } = found;
      const options = await quoteStrikes(client, rest.options, request.quotes);
      return { ...rest, ...series, options, months: listed, month, underlyingPrice };
    }
  }
  throw nothingFound(request, listed, search);
}

/** Where strikes are looked for first: at the price, or as near to it as they may be. */
function centreOf({ strikeMin, strikeMax }: OptionChainRequest, price: number | null): number | null {
  if (
    strikeMin !== undefined &&
    strikeMax !== undefined &&
    (price === null || price < strikeMin || price > strikeMax)
  )
    return (strikeMin + strikeMax) / 2;
  if (price === null) return strikeMin ?? strikeMax ?? null;
  return Math.min(strikeMax ?? price, Math.max(strikeMin ?? price, price));
}

/** Those of a month that the request takes. */
function withinReach(strikes: Strikes, { strikeMin = 0, strikeMax }: OptionChainRequest): Strikes {
  const isWithin = (strike: number) =>
    strike >= strikeMin && strike <= (strikeMax ?? Number.POSITIVE_INFINITY);
  return { ...strikes, call: strikes.call.filter(isWithin), put: strikes.put.filter(isWithin) };
}

/** The months to look at, in turn. */
function monthsAsked(months: readonly string[], expiry: string | undefined): readonly string[] {
  if (expiry === undefined) return months;
  const month = isDate(expiry)
    ? `${MONTHS[Number(expiry.slice(5, 7)) - 1]}${expiry.slice(2, 4)}`
    : expiry.toUpperCase();
  if (months.includes(month)) return [month];
  throw new BrokerError({ name: 'month_without_options', expiry, months });
}

type FoundSeries = Pick<
  OptionChain,
  'expiries' | 'otherSeries' | 'hasStoppedTrading' | 'isCut' | 'unread'
> & { series: OptionSeries; options: ListedOption[] };

interface SearchedMonth {
  month: OptionMonth;
  /** What there is and was not asked about. */
  left: readonly OptionProbe[];
}

/** One chain's way through the months, with what it may still ask. */
class ChainSearch {
  /** Expiries that were seen and not taken, by month. */
  readonly seen = new Map<string, string[]>();
  /** Whether strikes were left unasked. */
  isCut = false;
  readonly #client: IbkrClient;
  readonly #request: OptionChainRequest;
  readonly #centre: number | null;
  readonly #stopped = new Map<string, boolean>();
  #calls = 0;
  #hasReloaded = false;

  constructor(client: IbkrClient, request: OptionChainRequest, centre: number | null) {
    this.#client = client;
    this.#request = request;
    this.#centre = centre;
  }

  /** The series that was asked for; null when the month does not have it, or none that still trades. */
  async lookAt(month: string): Promise<FoundSeries | null> {
    const found = await this.#search(month, Date.now() - DEFINITIONS_SERVE_MS);
    if (found.month.options.length > 0 || this.#hasReloaded) return this.#result(month, found);
    // A session that was opened anew in between has forgotten the underlying, and everything is empty.
    this.#hasReloaded = true;
    await loadMonths(this.#client, this.#request.underlying);
    return this.#result(month, await this.#search(month, Date.now()));
  }

  async #search(name: string, since: number): Promise<SearchedMonth> {
    const { underlying, rights } = this.#request;
    const month = new OptionMonth(this.#client, underlying, name, since);
    const strikes = await getStrikes(this.#client, underlying, name, since);
    month.unread.push(...strikes.unread);
    const [first, second] = probesOf(withinReach(strikes, this.#request), rights, this.#centre);
    await this.#ask(month, first);
    // What has only the other right is looked for when there is not enough with one.
    if (first.every((probe) => month.hasAsked(probe))) await this.#ask(month, second);
    return { month, left: first.filter((probe) => !month.hasAsked(probe)) };
  }

  /** Asks on in rounds until it is enough, or there are no calls or no time left for more. */
  async #ask(month: OptionMonth, probes: readonly OptionProbe[]): Promise<void> {
    for (let done = 0; done < probes.length; ) {
      if (month.calls > 0 && (await this.#isEnough(month))) return;
      const left = this.#client.deadline - Date.now() > REST_MS ? MAX_PROBES - this.#calls : 0;
      const size = Math.min(done === 0 ? Math.max(LEAST_PROBES, this.#wanted) : PROBES_A_ROUND, left);
      if (size <= 0) return;
      await month.ask(probes.slice(done, done + size));
      this.#calls += size;
      done += size;
      // A month that is over; the next one may have what is asked for.
      if (this.#request.expiry === undefined && month.options.length === 0) return;
    }
  }

  async #isEnough(month: OptionMonth): Promise<boolean> {
    const series = await this.#seriesIn(month);
    return series !== undefined && this.#strikesOf(month, series).length >= this.#wanted;
  }

  get #wanted(): number {
    return Math.min(this.#request.strikes, MAX_STRIKES);
  }

  /** The series to show, as far as is known by now. */
  async #seriesIn({ options }: OptionMonth): Promise<OptionSeries | undefined> {
    const expiry = await this.#expiryIn(options);
    const series = expiry === undefined ? [] : seriesOf(options, expiry, this.#request.underlying.symbol);
    const { tradingClass } = this.#request;
    return series.find((one) => tradingClass === undefined || one.tradingClass === tradingClass);
  }

  async #expiryIn(options: readonly ListedOption[]): Promise<string | undefined> {
    const { expiry: asked, tradingClass } = this.#request;
    const fitting = options.filter((one) => tradingClass === undefined || one.tradingClass === tradingClass);
    const expiries = expiriesOf(fitting);
    if (asked !== undefined && isDate(asked)) return expiries.find((expiry) => expiry === asked);
    const standard = asked === undefined ? undefined : expiries.find(isStandardExpiry);
    if (standard !== undefined && !(await this.#hasStopped(options, standard))) return standard;
    for (const expiry of expiries) if (!(await this.#hasStopped(options, expiry))) return expiry;
    // Of a month that was asked for, what is over is shown as such.
    return asked === undefined ? undefined : expiries.at(-1);
  }

  async #hasStopped(options: readonly ListedOption[], expiry: string): Promise<boolean> {
    const known = this.#stopped.get(expiry);
    const option = options.find((one) => one.expiry === expiry);
    if (known !== undefined || option === undefined) return known ?? false;
    const stopped = await hasStoppedTrading(this.#client, option, new Date());
    this.#stopped.set(expiry, stopped);
    return stopped;
  }

  async #result(name: string, { month, left }: SearchedMonth): Promise<FoundSeries | null> {
    const series = await this.#seriesIn(month);
    const expiries = expiriesOf(month.options);
    if (series === undefined) {
      this.seen.set(name, expiries);
      this.isCut ||= left.length > 0;
      return null;
    }
    const strikes = nearest(this.#strikesOf(month, series), this.#centre, this.#wanted);
    await month.ask(strikes.flatMap((strike) => this.#request.rights.map((right) => ({ strike, right }))));
    const distance = (strike: number) => Math.abs(strike - (this.#centre ?? strike));
    const farthest =
      strikes.length < this.#wanted ? Number.POSITIVE_INFINITY : Math.max(...strikes.map(distance));
    const others = seriesOf(month.options, series.expiry, this.#request.underlying.symbol);
    return {
      series,
      expiries,
      otherSeries: others.filter((one) => !isSame(one, series)),
      hasStoppedTrading: await this.#hasStopped(month.options, series.expiry),
      options: month.options
        .filter((option) => isOfSeries(option, series) && strikes.includes(option.strike))
        .sort((a, b) => a.strike - b.strike || (a.right < b.right ? -1 : 1)),
      isCut: left.some(({ strike }) => distance(strike) < farthest),
      unread: month.unread,
    };
  }

  #strikesOf({ options }: OptionMonth, series: OptionSeries): number[] {
    return [...new Set(options.filter((one) => isOfSeries(one, series)).map(({ strike }) => strike))];
  }
}

function isSame(one: OptionSeries, other: OptionSeries): boolean {
  return one.tradingClass === other.tradingClass && one.multiplier === other.multiplier;
}

/** What to ask in turn: each strike with one right, and then with the other. */
function probesOf(
  strikes: Strikes,
  rights: readonly OptionRight[],
  centre: number | null,
): [first: OptionProbe[], second: OptionProbe[]] {
  const all = [...new Set(rights.flatMap((right) => strikes[right]))];
  const near = byDistance(all, centre);
  const ordered = [
    ...near.slice(0, NEAREST_PROBES),
    ...near.slice(NEAREST_PROBES).sort((a, b) => roundness(b) - roundness(a)),
  ];
  const probes = ordered.map((strike) =>
    rights.filter((right) => strikes[right].includes(strike)).map((right) => ({ strike, right })),
  );
  return [probes.flatMap(([one]) => one ?? []), probes.flatMap(([, other]) => other ?? [])];
}

function roundness(strike: number): number {
  return [1000, 500, 250, 100, 50, 25, 10, 5, 2.5, 1].find((step) => strike % step === 0) ?? 0;
}

/** The nearest first; without a price those in the middle. */
function byDistance(strikes: readonly number[], price: number | null): number[] {
  const ordered = strikes.toSorted((a, b) => a - b);
  const centre = price ?? ordered[Math.floor(ordered.length / 2)] ?? 0;
  return ordered.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre));
}

function nearest(strikes: readonly number[], price: number | null, count: number): number[] {
  return byDistance(strikes, price).slice(0, count);
}

/** Without this search in the session, strikes and definitions are empty. */
async function loadMonths(client: IbkrClient, underlying: Contract): Promise<string[]> {
  const { conid, symbol, secType } = underlying;
  const matches = await loadOptionsOf(client, symbol, secType === 'IND' ? secType : undefined);
  const months = matches.find((match) => match.conid === conid)?.optionMonths ?? [];
  if (months.length === 0) {
    throw new BrokerError({ name: 'no_options', symbol, conid });
  }
  return months.toSorted((a, b) => monthNumber(a) - monthNumber(b));
}

/** `JUN26` counted in months. */
function monthNumber(month: string): number {
  return Number(month.slice(3)) * MONTHS.length + MONTHS.indexOf(month.slice(0, 3));
}

async function priceOf(client: IbkrClient, underlying: Contract): Promise<number | null> {
  try {
    const [quote] = await getQuotes(client, [underlying.conid]);
    return quote?.last ?? quote?.bid ?? quote?.previousClose ?? null;
  } catch (error) {
    if (error instanceof BrokerError && error.isBadInput) return null;
    throw error;
  }
}

async function quoteStrikes(
  client: IbkrClient,
  options: readonly ListedOption[],
  isWanted: boolean,
): Promise<OptionContract[]> {
  const quotes = isWanted
    ? await getQuotes(
        client,
        options.map((option) => option.conid),
      )
    : [];
  return options.map((option, index) => ({ ...option, quote: quotes[index] ?? null }));
}

function isDate(expiry: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(expiry);
}

function nothingFound(
  { underlying, expiry, tradingClass, rights, strikeMin, strikeMax }: OptionChainRequest,
  months: readonly string[],
  { seen, isCut }: ChainSearch,
): BrokerError {
  return new BrokerError({
    name: 'no_such_options',
    symbol: underlying.symbol,
    right: rights.length === 1 ? (rights[0] ?? null) : null,
    tradingClass: tradingClass ?? null,
    expiry: expiry ?? null,
    seenExpiries: [...seen.values()].flat(),
    months,
    strikeMin: strikeMin ?? null,
    strikeMax: strikeMax ?? null,
    isCut,
  });
}
