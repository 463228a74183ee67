/** The options of one month on one underlying, looked up strike by strike: IBKR has no list of them. */

import { z } from 'zod';
import type { Contract } from '../contracts/contracts.ts';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { rowsOf, type UnreadRow } from '../wire/rows.ts';
import { isoDate } from '../wire/times.ts';
import { conid, decimal, optionalFactor, optionalText, required } from '../wire/wire-fields.ts';

export type OptionRight = 'call' | 'put';

/** An option as a chain lists it. */
export interface ListedOption {
  conid: number;
  right: OptionRight;
  strike: number;
  /** ISO date. */
  expiry: string;
  multiplier: number | null;
  tradingClass: string | null;
  currency: string | null;
}

/** What options with one expiry have in common: those of another series are not the same thing. */
export interface OptionSeries {
  expiry: string;
  /** `SPX` and `SPXW` are both on the S&P 500; what a merger changed has a class of its own. */
  tradingClass: string | null;
  /** 100 for US stock options, 10 for minis. */
  multiplier: number | null;
}

export interface OptionProbe {
  strike: number;
  right: OptionRight;
}

export const strikesSchema = z
  .object({ call: rowsOf(decimal), put: rowsOf(decimal) })
  .transform(({ call, put }) => ({
    call: call.rows,
    put: put.rows,
    unread: [...call.unread, ...put.unread].map((row) => ({ ...row, reason: 'is no strike' })),
  }));
export type Strikes = z.output<typeof strikesSchema>;

const optionRight = required((value): OptionRight | null =>
  value === 'C' ? 'call' : value === 'P' ? 'put' : null,
);

export const optionInfoSchema = rowsOf(
  z
    .object({
      conid,
      right: optionRight,
      strike: decimal,
      maturityDate: required(isoDate),
      multiplier: optionalFactor,
      tradingClass: optionalText,
      currency: optionalText,
    })
    .transform(({ maturityDate, ...row }): ListedOption => ({ ...row, expiry: maturityDate })),
);

/**
 * For so long strikes and definitions serve later chains: they are of a day, and IBKR takes ten requests a second, of which
 * a chain makes one for each option. Nothing says that there is none for longer than the call: a session that has forgotten
 * the underlying answers so.
 */
export const DEFINITIONS_SERVE_MS = 15 * 60_000;

/**
 * The strikes of a month, which are those of all its expiries together (`GET /iserver/secdef/strikes`). Empty when
 * the month is over, and when the session does not know the underlying.
 * @param since As of `ReadOptions`.
 */
export async function getStrikes(
  client: IbkrClient,
  underlying: Contract,
  month: string,
  since: number,
): Promise<Strikes> {
  try {
    return await client.get('/iserver/secdef/strikes', strikesSchema, {
      query: optionQuery(underlying, month),
      recentMs: ({ call, put, unread }) =>
        call.length + put.length > 0 && unread.length === 0 ? DEFINITIONS_SERVE_MS : 0,
      since,
    });
  } catch (error) {
    if (error instanceof BrokerError && error.isBadInput) return { call: [], put: [], unread: [] };
    throw error;
  }
}

/** So that other calls on the connection get their turn in between. */
const CALLS_AT_ONCE = 8;

/** What was found of a month so far. */
export class OptionMonth {
  readonly options: ListedOption[] = [];
  readonly unread: UnreadRow[] = [];
  readonly #client: IbkrClient;
  readonly #underlying: Contract;
  readonly #month: string;
  readonly #since: number;
  readonly #asked = new Set<string>();

  /** @param since As of `ReadOptions`. */
  constructor(client: IbkrClient, underlying: Contract, month: string, since: number) {
    this.#client = client;
    this.#underlying = underlying;
    this.#month = month;
    this.#since = since;
  }

  /** How many calls were made. */
  get calls(): number {
    return this.#asked.size;
  }

  hasAsked({ strike, right }: OptionProbe): boolean {
    return this.#asked.has(`${strike} ${right}`);
  }

  /** Asks which expiries have these strikes (`GET /iserver/secdef/info`, one call each). */
  async ask(probes: readonly OptionProbe[]): Promise<void> {
    const open = probes.filter((probe) => !this.hasAsked(probe));
    for (let done = 0; done < open.length; done += CALLS_AT_ONCE) {
      const answers = await Promise.all(
        open.slice(done, done + CALLS_AT_ONCE).map((probe) => this.#load(probe)),
      );
      for (const { rows, unread } of answers) {
        this.unread.push(...unread);
        this.options.push(...rows.filter((row) => this.options.every((known) => known.conid !== row.conid)));
      }
    }
  }

  async #load({ strike, right }: OptionProbe) {
    this.#asked.add(`${strike} ${right}`);
    const query = {
      ...optionQuery(this.#underlying, this.#month),
      strike: String(strike),
      right: right === 'call' ? 'C' : 'P',
    };
    try {
      return await this.#client.get('/iserver/secdef/info', optionInfoSchema, {
        query,
        recentMs: ({ rows, unread }) => (rows.length > 0 && unread.length === 0 ? DEFINITIONS_SERVE_MS : 0),
        since: this.#since,
      });
    } catch (error) {
      // A strike of the month that this right does not have.
      if (error instanceof BrokerError && (error.status === 400 || error.status === 404)) {
        return { rows: [], unread: [] };
      }
      throw error;
    }
  }
}

/** ISO dates, the earliest first. */
export function expiriesOf(options: readonly ListedOption[]): string[] {
  return [...new Set(options.map(({ expiry }) => expiry))].sort();
}

/**
 * The series with an expiry, the usual one first: the class that is called like the underlying, contracts of 100, and
 * of those left the one with the most options.
 */
export function seriesOf(options: readonly ListedOption[], expiry: string, symbol: string): OptionSeries[] {
  const ofExpiry = options.filter((option) => option.expiry === expiry);
  const series = new Map(
    ofExpiry.map(({ tradingClass, multiplier }) => [
      `${tradingClass} ${multiplier}`,
      { expiry, tradingClass, multiplier },
    ]),
  );
  const rank = (one: OptionSeries) => [
    one.tradingClass === symbol.replaceAll(/[ .]/g, '') ? 0 : 1,
    one.multiplier === 100 ? 0 : 1,
    -ofExpiry.filter((option) => isOfSeries(option, one)).length,
  ];
  return [...series.values()].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first.map((value, index) => value - (second[index] ?? 0)).find((gap) => gap !== 0) ?? 0;
  });
}

export function isOfSeries(
  option: ListedOption,
  { expiry, tradingClass, multiplier }: OptionSeries,
): boolean {
  return option.expiry === expiry && option.tradingClass === tradingClass && option.multiplier === multiplier;
}

function optionQuery(underlying: Contract, month: string) {
  return { conid: String(underlying.conid), sectype: 'OPT', month };
}
