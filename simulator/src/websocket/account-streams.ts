/** `spl`, `ssd` and `sld`: what an account is worth. They need no brokerage session. */

import { profitAndLoss } from '../accounts/account-summary.ts';
import { BASE_CURRENCY, type CurrencyTotals, valueAccount } from '../accounts/valuation.ts';
import { changedFields, type Stream, type StreamView } from './stream.ts';

const PNL_INTERVAL_MS = 1_000;
const ACCOUNT_INTERVAL_MS = 10_000;

type Row = Record<string, unknown>;

/** Lets through one moment in so many ms, and every one before the last, since the clock may be set back. */
class Interval {
  readonly #lengthMs: number;
  #last: number | undefined;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  isOver(now: number): boolean {
    const passed = this.#last === undefined ? this.#lengthMs : Math.abs(now - this.#last);
    if (passed < this.#lengthMs) return false;
    this.#last = now;
    return true;
  }
}

/** `spl`: profit and loss of the selected account, whenever it has changed, once a second at most. */
export class PnlStream implements Stream {
  readonly #interval = new Interval(PNL_INTERVAL_MS);
  #shown = '';

  due({ brokerage, simulation, session, market, now }: StreamView): readonly object[] {
    const account = simulation.accounts.get(brokerage?.selectedAccount ?? session.firstAccount);
    if (!account || !this.#interval.isOver(now)) return [];
    const args = profitAndLoss(account, market, now);
    const text = JSON.stringify(args);
    if (text === this.#shown) return [];
    this.#shown = text;
    return [{ topic: 'spl', args }];
  }
}

/** Rows by key, of which every ten seconds those are sent that changed, with the fields that were asked for. */
abstract class AccountStream implements Stream {
  readonly #interval = new Interval(ACCOUNT_INTERVAL_MS);
  readonly #shown = new Map<string, Row>();
  protected readonly accountId: string;
  readonly #keys: readonly string[];
  readonly #fields: readonly string[];

  /**
   * @param keys Which rows; all without any.
   * @param fields Which of their fields, besides `key` and `timestamp`; all without any.
   */
  constructor(accountId: string, keys: readonly string[], fields: readonly string[]) {
    this.accountId = accountId;
    this.#keys = keys;
    this.#fields = fields;
  }

  protected abstract readonly topic: string;
  protected abstract rows(view: StreamView): readonly { readonly key: string; readonly values: Row }[];
  /** The row of a key of which nothing has changed; undefined leaves it out. */
  protected abstract unchanged(row: Row): Row | undefined;

  due(view: StreamView): readonly object[] {
    if (!this.#interval.isOver(view.now)) return [];
    const timestamp = Math.floor(view.now / 1000);
    const result = this.rows(view).flatMap(({ key, values }) => {
      if (this.#keys.length > 0 && !this.#keys.includes(key)) return [];
      const wanted = Object.fromEntries(
        Object.entries(values).filter(([name]) => this.#fields.length === 0 || this.#fields.includes(name)),
      );
      const hasChanged = Object.keys(changedFields(this.#shown.get(key) ?? {}, wanted)).length > 0;
      this.#shown.set(key, wanted);
      const row = hasChanged ? { key, timestamp, ...wanted } : this.unchanged({ key, timestamp });
      return row ? [row] : [];
    });
    return result.length === 0 ? [] : [{ result, topic: `${this.topic}+${this.accountId}` }];
  }
}

/** `ssd`: the summary of an account; after the first time only what changed. */
export class SummaryStream extends AccountStream {
  protected readonly topic = 'ssd';

  protected rows(view: StreamView): { key: string; values: Row }[] {
    const account = view.simulation.accounts.get(this.accountId);
    if (!account) return [];
    const value = valueAccount(account, view.market, view.now);
    const text = { AccountCode: account.id, AccountReady: 'true', AccountType: 'INDIVIDUAL' };
    const money = {
      AccruedCash: 0,
      AvailableFunds: value.availableFunds,
      BuyingPower: value.buyingPower,
      EquityWithLoanValue: value.netLiquidation - value.options,
      ExcessLiquidity: value.excessLiquidity,
      GrossPositionValue: value.grossPosition,
      InitMarginReq: value.initialMargin,
      MaintMarginReq: value.maintenanceMargin,
      NetLiquidation: value.netLiquidation,
      TotalCashValue: value.cash,
    };
    return [
      ...Object.entries(text).map(([key, each]) => ({ key, values: { value: each, severity: 0 } })),
      ...Object.entries(money).flatMap(([key, amount]) =>
        [key, `${key}-S`].map((name) => ({
          key: name,
          values: { currency: BASE_CURRENCY, monetaryValue: cents(amount), severity: 0 },
        })),
      ),
    ];
  }

  protected unchanged(): undefined {
    return undefined;
  }
}

/** `sld`: the ledger of an account; a currency of which nothing has changed has key and timestamp alone. */
export class LedgerStream extends AccountStream {
  protected readonly topic = 'sld';

  protected rows(view: StreamView): { key: string; values: Row }[] {
    const account = view.simulation.accounts.get(this.accountId);
    if (!account) return [];
    const value = valueAccount(account, view.market, view.now);
    return [['BASE', { ...value, exchangeRate: 1 }] as const, ...value.currencies].map(
      ([currency, totals]) => ({
        key: `LedgerList${currency}`,
        values: ledgerValues(account.id, currency, totals),
      }),
    );
  }

  protected unchanged(row: Row): Row {
    return row;
  }
}

function ledgerValues(accountId: string, currency: string, totals: CurrencyTotals): Row {
  return {
    acctCode: accountId,
    cashbalance: cents(totals.cash),
    cashBalanceFXSegment: 0,
    commodityMarketValue: 0,
    corporateBondsMarketValue: 0,
    dividends: 0,
    exchangeRate: totals.exchangeRate,
    funds: 0,
    marketValue: 0,
    optionMarketValue: cents(totals.options),
    interest: 0,
    issueOptionsMarketValue: 0,
    moneyFunds: 0,
    netLiquidationValue: cents(totals.cash + totals.stocks + totals.options + totals.futures),
    realizedPnl: cents(totals.realized),
    unrealizedPnl: cents(totals.unrealized),
    secondKey: currency,
    settledCash: cents(totals.cash),
    severity: 0,
    stockMarketValue: cents(totals.stocks),
    tBillsMarketValue: 0,
    tBondsMarketValue: 0,
    warrantsMarketValue: 0,
  };
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
