import type { AccountBook } from '../accounts/account-book.ts';
import { type ValuedPosition, valuePosition } from '../accounts/valuation.ts';
import { contractName, tradingClass } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instruments.ts';
import { optionMonth } from '../contracts/option-contracts.ts';
import { type Market, type PriceRange, priceDecimals, type Quote } from './market.ts';

const YEAR_MS = 365 * 86_400_000;

/**
 * The values of one instrument by IBKR's field numbers, all as text: sizes with thousands commas, volumes with
 * K or M, percentages with %, a last price with `C` when it is a close and `H` when trading is halted.
 */
export class QuoteFields {
  readonly #market: Market;
  readonly #instrument: Instrument;
  readonly #account: AccountBook | undefined;
  readonly #now: number;
  readonly #quote: Quote;
  #range: PriceRange | undefined;
  #position: ValuedPosition | null | undefined;

  constructor(market: Market, instrument: Instrument, account: AccountBook | undefined, now: number) {
    this.#market = market;
    this.#instrument = instrument;
    this.#account = account;
    this.#now = now;
    this.#quote = market.quote(instrument, now);
  }

  /** Field 6509: realtime or, when the market is closed, the last realtime values frozen. */
  availability(): string {
    return this.#quote.phase === 'closed' ? 'ZB' : 'RpB';
  }

  /** Undefined when the instrument has no such value; IBKR then leaves the field out. */
  value(field: string): string | number | undefined {
    return this.#price(field) ?? this.#identity(field) ?? this.#holding(field) ?? this.#option(field);
  }

  #price(field: string): string | undefined {
    const quote = this.#quote;
    const { assetClass } = this.#instrument;
    // Nobody bids for an index.
    const hasQuote = assetClass !== 'IND' && (quote.phase !== 'closed' || assetClass === 'CASH');
    switch (field) {
      case '31':
        return `${quote.halted ? 'H' : quote.phase === 'closed' ? 'C' : ''}${this.#text(quote.last)}`;
      case '84':
        return hasQuote ? this.#text(quote.bid) : undefined;
      case '86':
        return hasQuote ? this.#text(quote.ask) : undefined;
      case '85':
        return hasQuote ? grouped(quote.askSize) : undefined;
      case '88':
        return hasQuote ? grouped(quote.bidSize) : undefined;
      case '7059':
        return assetClass === 'IND' ? undefined : grouped(quote.lastSize);
      case '70':
        return this.#text(this.#day().high);
      case '71':
        return this.#text(this.#day().low);
      case '7295':
        return this.#text(this.#day().open);
      case '7296':
      case '7741':
        return this.#text(this.#priorClose());
      case '82':
        return this.#text(quote.last - this.#priorClose());
      case '83':
        return `${((quote.last / this.#priorClose() - 1) * 100).toFixed(2)}%`;
      case '7682':
        return this.#text(quote.last - this.#day().open);
      case '7635':
        return this.#text((quote.bid + quote.ask) / 2);
      case '87':
        return this.#instrument.dailyVolume > 0 ? short(this.#day().volume) : undefined;
      case '7762':
        return this.#instrument.dailyVolume > 0 ? String(this.#day().volume) : undefined;
      case '7282':
        return this.#instrument.dailyVolume > 0 ? short(this.#instrument.dailyVolume) : undefined;
      case '7293':
        return this.#text(this.#year().high);
      case '7294':
        return this.#text(this.#year().low);
      default:
        return undefined;
    }
  }

  #identity(field: string): string | number | undefined {
    const instrument = this.#instrument;
    const terms = instrument.option ?? instrument.future;
    switch (field) {
      case '55':
        return instrument.symbol;
      case '58':
      case '7051':
        return instrument.name;
      case '6004':
      case '7221':
        return instrument.exchange;
      case '6008':
        return instrument.conid;
      case '6070':
        return instrument.assetClass;
      case '7094':
        return `${instrument.conid}@${instrument.assetClass === 'CASH' ? 'IDEALPRO' : 'SMART'}`;
      case '7219':
      case '7220':
        return contractName(instrument);
      case '7184':
        return '1';
      case '7280':
        return instrument.sector || undefined;
      case '7281':
        return instrument.industry || undefined;
      case '6457':
        return terms && String(terms.underlying);
      case '6072':
        return terms && optionMonth(terms.expiry);
      case '6073':
      case '7714':
        return terms?.expiry;
      case '201':
        return instrument.option?.right;
      case '6508':
        return `&serviceID1=122&serviceID2=123&tradingClass=${tradingClass(instrument)}`;
      default:
        return undefined;
    }
  }

  #holding(field: string): string | undefined {
    const held = this.#held();
    if (!held) return undefined;
    switch (field) {
      case '73':
        return grouped(held.marketValue, 2);
      case '74':
        return held.averagePrice.toFixed(2);
      case '75':
        return grouped(held.unrealized, 2);
      case '76':
        return grouped(held.quantity);
      case '77':
        return String(held.quantity);
      case '78':
        return grouped(held.daily, 2);
      case '7920':
        return held.daily.toFixed(2);
      case '79':
        return grouped(held.realized, 2);
      case '80':
        return `${((held.unrealized / Math.max(0.01, Math.abs(held.marketValue - held.unrealized))) * 100).toFixed(2)}%`;
      case '7292':
        return grouped(held.marketValue - held.unrealized, 2);
      case '7921':
        return (held.marketValue - held.unrealized).toFixed(2);
      default:
        return undefined;
    }
  }

  #option(field: string): string | undefined {
    const isUnderlying = !this.#instrument.option;
    if (isUnderlying)
      return field === '7283' ? `${(this.#instrument.volatility * 105).toFixed(1)}%` : undefined;
    const valuation = this.#market.optionValuation(this.#instrument, this.#now);
    if (!valuation) return undefined;
    switch (field) {
      case '7308':
        return valuation.delta.toFixed(3);
      case '7309':
        return valuation.gamma.toFixed(3);
      case '7310':
        return valuation.theta.toFixed(3);
      case '7311':
        return valuation.vega.toFixed(3);
      case '7633':
      case '7283':
        return `${(valuation.volatility * 100).toFixed(1)}%`;
      case '7638':
        return short(500 + (this.#instrument.conid % 9_500));
      case '7089':
        return short(this.#day().volume);
      default:
        return undefined;
    }
  }

  #day(): PriceRange {
    if (!this.#range) {
      const market = this.#market;
      const session = market.hours.latestSession(this.#instrument.exchange, this.#now);
      this.#range = market.sessionRange(this.#instrument, session, this.#now);
    }
    return this.#range;
  }

  #year(): { high: number; low: number } {
    const market = this.#market;
    const sessions = market.hours.sessionsBetween(this.#instrument.exchange, this.#now - YEAR_MS, this.#now);
    const ranges = sessions.map((session) => market.sessionRange(this.#instrument, session, this.#now));
    return {
      high: Math.max(...ranges.map(({ high }) => high)),
      low: Math.min(...ranges.map(({ low }) => low)),
    };
  }

  #priorClose(): number {
    return this.#market.priorClose(this.#instrument, this.#now);
  }

  #held(): ValuedPosition | undefined {
    if (this.#position === undefined) {
      const position = this.#account?.positions.get(this.#instrument.conid);
      const market = this.#market;
      const valued = position && this.#account && valuePosition(this.#account, position, market, this.#now);
      this.#position = valued ?? null;
    }
    return this.#position ?? undefined;
  }

  #text(price: number): string {
    return price.toFixed(priceDecimals(this.#instrument));
  }
}

const WHOLE_FORMAT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });
const CENTS_FORMAT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1,300`, or with cents `1,300.00`. */
function grouped(value: number, decimals: 0 | 2 = 0): string {
  return (decimals === 2 ? CENTS_FORMAT : WHOLE_FORMAT).format(value);
}

/** `1.2M`, `850K`, `312` */
function short(value: number): string {
  if (value >= 1_000_000) return `${(value / 1_000_000).toPrecision(3)}M`;
  if (value >= 10_000) return `${(value / 1_000).toPrecision(3)}K`;
  return grouped(Math.round(value));
}
