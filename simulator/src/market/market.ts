import { instrumentOf } from '../contracts/catalog.ts';
import { CURRENCIES, INSTRUMENTS, type Instrument, isUsListing } from '../contracts/instruments.ts';
import { expirationTime } from '../contracts/option-contracts.ts';
import { type OptionValuation, valueOption } from './option-pricing.ts';
import { GRID_MS, hashText, PriceProcess, uniform } from './prices.ts';
import type { MarketPhase, TradingHours, TradingSession } from './trading-hours.ts';

export interface Quote {
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  readonly lastSize: number;
  readonly bidSize: number;
  readonly askSize: number;
  /** Shares that can trade per second on either side; unlimited unless a test says otherwise. */
  readonly liquidity: number;
  readonly phase: MarketPhase;
  readonly halted: boolean;
}

export interface PriceRange {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Prices forced by `POST /sim/prices`; a field left out stays simulated. */
export interface PriceOverride {
  readonly last?: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly halted?: boolean;
  readonly liquidity?: number;
}

const YEAR_MS = 365.25 * 86_400_000;
/** Moment at which prices are near the levels in `instruments.ts`. */
const LEVEL_TIME = Date.UTC(2026, 10, 20);
const STOCK_DRIFT = 0.07;

/** Number of decimals a price of this instrument is quoted with. */
export function priceDecimals(instrument: Instrument): number {
  if (instrument.assetClass !== 'CASH') return 2;
  return instrument.currency === 'JPY' ? 3 : 5;
}

/** Smallest price step. */
export function tickSize(instrument: Instrument): number {
  if (instrument.future) return instrument.future.tick;
  if (instrument.assetClass !== 'CASH') return 0.01;
  return instrument.currency === 'JPY' ? 0.005 : 0.00005;
}

/** Quotes, ranges and exchange rates at any moment, from the price processes and what tests forced. */
export class Market {
  readonly hours: TradingHours;
  readonly #seed: number;
  readonly #processes = new Map<string, PriceProcess>();
  readonly #overrides = new Map<number, { from: number; values: PriceOverride }[]>();
  readonly #ranges = new Map<string, PriceRange>();
  readonly #running = new Map<number, { from: number; scannedTo: number; high: number; low: number }>();
  readonly #usdPairs = new Map<string, Instrument>();
  /** Has the prices that nothing is forced for here. */
  readonly #common: Market | undefined;
  /** Those that have this one as their common market. */
  readonly #dependents = new Set<Market>();

  constructor(seed: number, hours: TradingHours, common?: Market) {
    this.#seed = seed;
    this.hours = hours;
    this.#common = common;
    if (common) common.#dependents.add(this);
    for (const instrument of INSTRUMENTS) {
      if (instrument.baseCurrency === 'USD') this.#usdPairs.set(instrument.currency, instrument);
      else if (instrument.currency === 'USD' && instrument.baseCurrency) {
        this.#usdPairs.set(instrument.baseCurrency, instrument);
      }
    }
  }

  /**
   * Forces prices from `time` on. A new price replaces earlier last, bid and ask; a halt and a liquidity stay until
   * changed. An empty override gives the instrument back to the simulation.
   */
  override(conid: number, time: number, values: PriceOverride): void {
    const earlier = (this.#overrides.get(conid) ?? []).filter((entry) => entry.from < time);
    const { halted, liquidity, ...prices } = this.#overrideAt(conid, time) ?? {};
    const hasPrice = values.last !== undefined || values.bid !== undefined || values.ask !== undefined;
    const kept = {
      ...(hasPrice ? {} : prices),
      ...(halted === undefined ? {} : { halted }),
      ...(liquidity === undefined ? {} : { liquidity }),
    };
    const isEmpty = Object.keys(values).length === 0;
    this.#overrides.set(conid, [...earlier, { from: time, values: isEmpty ? {} : { ...kept, ...values } }]);
    this.#forgetRanges();
  }

  clearOverrides(): void {
    this.#overrides.clear();
    this.#forgetRanges();
  }

  #forgetRanges(): void {
    this.#ranges.clear();
    this.#running.clear();
    for (const dependent of this.#dependents) dependent.#forgetRanges();
  }

  /** Last price at `time`, rounded as quoted. */
  last(instrument: Instrument, time: number): number {
    const forced = this.#overrideAt(instrument.conid, time);
    if (forced?.last !== undefined) return forced.last;
    if (forced?.bid !== undefined && forced.ask !== undefined) {
      return roundTo(tickSize(instrument), (forced.bid + forced.ask) / 2);
    }
    return Math.max(tickSize(instrument), roundTo(tickSize(instrument), this.#simulated(instrument, time)));
  }

  quote(instrument: Instrument, time: number): Quote {
    const forced = this.#overrideAt(instrument.conid, time);
    const last = this.last(instrument, time);
    const tick = tickSize(instrument);
    const half = this.#spread(instrument, last) / 2;
    const second = Math.floor(time / 1000);
    const size = (stream: number) => this.#lotSize(instrument, stream, second);
    return {
      last,
      bid: forced?.bid ?? Math.max(tick, Math.min(roundTo(tick, last - half), roundTo(tick, last - tick))),
      ask: forced?.ask ?? Math.max(roundTo(tick, last + half), last),
      lastSize: size(1),
      bidSize: size(2),
      askSize: size(3),
      liquidity: forced?.liquidity ?? Number.POSITIVE_INFINITY,
      phase: this.hours.phase(instrument.exchange, time),
      halted: forced?.halted ?? false,
    };
  }

  /** Open, high, low, close and volume of a span within one session. */
  range(instrument: Instrument, session: TradingSession, from: number, to: number): PriceRange {
    const open = this.last(instrument, from);
    const close = this.last(instrument, to);
    let high = Math.max(open, close);
    let low = Math.min(open, close);
    const see = (price: number) => {
      if (price > high) high = price;
      if (price < low) low = price;
    };
    const changes = this.#overrideTimes(instrument.conid);
    for (let t = (Math.floor(from / GRID_MS) + 1) * GRID_MS; t < to; t += GRID_MS) {
      see(changes.length > 0 ? this.last(instrument, t) : this.#simulated(instrument, t));
    }
    for (const changed of changes) {
      if (changed > from && changed < to) see(this.last(instrument, changed));
    }
    const tick = tickSize(instrument);
    high = Math.max(tick, roundTo(tick, high));
    low = Math.max(tick, roundTo(tick, low));
    const volume = this.#volumeUntil(instrument, session, to) - this.#volumeUntil(instrument, session, from);
    return { open, high, low, close, volume };
  }

  /** The regular session up to `time`; finished sessions are remembered. */
  sessionRange(instrument: Instrument, session: TradingSession, time: number): PriceRange {
    if (time < session.close) return this.#runningRange(instrument, session, Math.max(time, session.open));
    const key = `${instrument.conid}/${session.day}`;
    const known = this.#ranges.get(key);
    if (known) return known;
    const range = this.range(instrument, session, session.open, session.close);
    this.#ranges.set(key, range);
    return range;
  }

  /** Close of the session before the one shown at `time`. */
  priorClose(instrument: Instrument, time: number): number {
    const session = this.hours.latestSession(instrument.exchange, time);
    return this.last(instrument, this.hours.previousSession(instrument.exchange, session).close - 1);
  }

  /** Units of `to` for one unit of `from`; 0 when one of them is unknown here. */
  rate(from: string, to: string, time: number): number {
    if (from === to) return 1;
    const target = this.#usdValue(to, time);
    return target === 0 ? 0 : this.#usdValue(from, time) / target;
  }

  /** Value and sensitivities of an option; undefined for other instruments. */
  optionValuation(
    instrument: Instrument,
    time: number,
  ): (OptionValuation & { volatility: number }) | undefined {
    const terms = instrument.option;
    const underlying = terms && instrumentOf(terms.underlying);
    if (!terms || !underlying) return undefined;
    const spot = this.last(underlying, time);
    const years = (expirationTime(terms.expiry) - time) / YEAR_MS;
    const volatility = underlying.volatility * (1.05 + 0.5 * Math.abs(Math.log(terms.strike / spot)));
    return { ...valueOption(terms.right, spot, terms.strike, years, volatility), volatility };
  }

  #runningRange(instrument: Instrument, session: TradingSession, time: number): PriceRange {
    const known = this.#running.get(instrument.conid);
    const isUsable = known !== undefined && known.from === session.open && known.scannedTo <= time;
    const start = isUsable ? known.scannedTo : session.open;
    const rest = this.range(instrument, session, start, time);
    const high = isUsable ? Math.max(known.high, rest.high) : rest.high;
    const low = isUsable ? Math.min(known.low, rest.low) : rest.low;
    this.#running.set(instrument.conid, { from: session.open, scannedTo: time, high, low });
    const open = isUsable ? this.last(instrument, session.open) : rest.open;
    return { open, high, low, close: rest.close, volume: this.#volumeUntil(instrument, session, time) };
  }

  /** What is forced here, or else in the common market. */
  #overrideAt(conid: number, time: number): PriceOverride | undefined {
    const entries = this.#overrides.get(conid);
    const own = entries?.findLast((entry) => entry.from <= time)?.values;
    if (own && Object.keys(own).length > 0) return own;
    const common = this.#common;
    return common ? common.#overrideAt(conid, time) : undefined;
  }

  /** Moments at which a forced price of the instrument changes. */
  #overrideTimes(conid: number): number[] {
    const own = (this.#overrides.get(conid) ?? []).map(({ from }) => from);
    return [...own, ...(this.#common ? this.#common.#overrideTimes(conid) : [])];
  }

  #simulated(instrument: Instrument, time: number): number {
    const shown = this.hours.priceTime(instrument.exchange, time);
    if (instrument.option) return this.optionValuation(instrument, shown)?.price ?? 0;
    if (instrument.baseCurrency) return this.rate(instrument.baseCurrency, instrument.currency, shown);
    const logReturn = this.#process(instrument.process, instrument.volatility).logReturn(shown);
    const drift = (STOCK_DRIFT * (shown - LEVEL_TIME)) / YEAR_MS;
    const price =
      (instrument.level * Math.exp(logReturn + drift)) / this.#usdValue(instrument.currency, shown);
    return price * (instrument.priceMagnifier ?? 1);
  }

  #usdValue(currency: string, time: number): number {
    if (currency === 'USD') return 1;
    const terms = CURRENCIES[currency];
    if (!terms) return 0;
    const pair = this.#usdPairs.get(currency);
    const forced = pair && this.#overrideAt(pair.conid, time)?.last;
    if (forced) return pair.baseCurrency === 'USD' ? 1 / forced : forced;
    return terms.usdValue * Math.exp(this.#process(`currency ${currency}`, terms.volatility).logReturn(time));
  }

  #process(name: string, volatility: number): PriceProcess {
    let process = this.#processes.get(name);
    if (!process) {
      process = new PriceProcess(this.#seed, name, volatility);
      this.#processes.set(name, process);
    }
    return process;
  }

  #spread(instrument: Instrument, price: number): number {
    if (instrument.option) return Math.max(0.02, price * 0.02);
    if (instrument.future) return instrument.future.tick;
    if (instrument.assetClass === 'CASH') return price * 0.00002;
    return price * (isUsListing(instrument) ? 0.0001 : 0.001) * (instrument.volatility / 0.25);
  }

  #lotSize(instrument: Instrument, stream: number, second: number): number {
    const lots = 1 + Math.floor(20 * uniform(this.#seed ^ instrument.conid, stream, second));
    return (
      lots * (instrument.assetClass === 'CASH' ? 250_000 : instrument.option || instrument.future ? 1 : 100)
    );
  }

  /** Shares traded from the session's open until `time`: more at both ends of the day, as in reality. */
  #volumeUntil(instrument: Instrument, session: TradingSession, time: number): number {
    const length = session.close - session.open;
    const minute = Math.floor((time - session.open) / 60_000);
    const stream = hashText(`volume ${instrument.conid}`);
    const jitter =
      time >= session.close ? 0 : 0.4 * (uniform(this.#seed ^ stream, session.day, minute) - 0.5);
    const passed = Math.min(1, Math.max(0, (time - session.open + jitter * 60_000) / length));
    const dayVolume = instrument.dailyVolume * (0.6 + 0.8 * uniform(this.#seed ^ stream, 7, session.day));
    return Math.round(dayVolume * (passed + Math.sin(2 * Math.PI * passed) / (4 * Math.PI)));
  }
}

function roundTo(tick: number, price: number): number {
  return Math.round(Math.round(price / tick) * tick * 1e6) / 1e6;
}
