import { type Answer, badRequest, ok } from '../http/answer.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import type { Market } from '../market/market.ts';
import type { AccountBook } from './account-book.ts';
import { fromMicros } from './money.ts';
import { type AccountValuation, BASE_CURRENCY, partsOf, valueAccount } from './valuation.ts';

/** `1,006,413 USD`, as the summary endpoints write amounts. */
export function moneyText(amount: number): string {
  return `${wholeText(amount)} ${BASE_CURRENCY}`;
}

/** `1,006,413`. */
export function wholeText(amount: number): string {
  return Math.round(amount).toLocaleString('en-US');
}

function accountOf({ session, simulation, params }: BrokerageCall): AccountBook {
  const account = simulation.accountOf(session, params.accountId);
  if (!account) throw badRequest(`accountId is not valid: ${params.accountId}`);
  return account;
}

function valuationOf(call: BrokerageCall): AccountValuation {
  return valueAccount(accountOf(call), call.market, call.now);
}

/** Whole amounts, unlike elsewhere. */
function summary(call: BrokerageCall): Answer {
  const account = accountOf(call);
  const value = valueAccount(account, call.market, call.now);
  return ok({
    accountType: '',
    status: '',
    balance: Math.round(value.netLiquidation),
    SMA: Math.round(value.availableFunds),
    buyingPower: Math.round(value.buyingPower),
    availableFunds: Math.round(value.availableFunds),
    excessLiquidity: Math.round(value.excessLiquidity),
    netLiquidationValue: Math.round(value.netLiquidation),
    equityWithLoanValue: Math.round(value.netLiquidation - value.options),
    regTLoan: 0,
    securitiesGVP: Math.round(value.grossPosition),
    totalCashValue: Math.round(value.cash),
    accruedInterest: 0,
    regTMargin: 0,
    initialMargin: Math.round(value.initialMargin),
    maintenanceMargin: Math.round(value.maintenanceMargin),
    cashBalances: [...account.cash].map(([currency, amount]) => ({
      currency,
      balance: Math.round(fromMicros(amount)),
      settledCash: Math.round(fromMicros(amount)),
    })),
  });
}

/** Everything is in the securities segment; the others are there and empty. */
function bySegment(fields: Record<string, string>, empty: (text: string) => string): Answer {
  const none = Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, empty(text)]));
  return ok({ total: fields, 'Crypto at Paxos': none, commodities: none, securities: fields });
}

function emptyAmount(text: string): string {
  return text.endsWith(BASE_CURRENCY) ? `0 ${BASE_CURRENCY}` : '0.00';
}

function availableFunds(call: BrokerageCall): Answer {
  const value = valuationOf(call);
  const available = moneyText(value.availableFunds);
  const excess = moneyText(value.excessLiquidity);
  return bySegment(
    {
      current_available: available,
      current_excess: excess,
      buying_power: moneyText(value.buyingPower),
      leverage: (value.grossPosition / Math.max(1, value.netLiquidation)).toFixed(2),
      look_ahead_available: available,
      look_ahead_excess: excess,
    },
    emptyAmount,
  );
}

function balances(call: BrokerageCall): Answer {
  const value = valuationOf(call);
  return bySegment(
    {
      net_liquidation: moneyText(value.netLiquidation),
      equity_with_loan: moneyText(value.netLiquidation - value.options),
      cash: moneyText(value.cash),
      'MTD Interest': moneyText(0),
      previous_day_equity_with_loan: moneyText(value.netLiquidation - value.daily),
    },
    emptyAmount,
  );
}

function margins(call: BrokerageCall): Answer {
  const value = valuationOf(call);
  return bySegment(
    {
      current_initial: moneyText(value.initialMargin),
      current_maint: moneyText(value.maintenanceMargin),
      look_ahead_initial: moneyText(value.initialMargin),
      look_ahead_maint: moneyText(value.maintenanceMargin),
      'RegT Margin': moneyText(0),
    },
    emptyAmount,
  );
}

function marketValue(call: BrokerageCall): Answer {
  const { currencies } = valuationOf(call);
  const rows = [...currencies].map(([currency, totals]) => [
    currency,
    {
      total_cash: wholeText(totals.cash),
      stock: wholeText(totals.stocks),
      options: wholeText(totals.options),
      futures: wholeText(totals.futures),
      net_liquidation: wholeText(totals.cash + totals.stocks + totals.options + totals.futures),
      unrealized_pnl: wholeText(totals.unrealized),
      realized_pnl: wholeText(totals.realized),
    },
  ]);
  return ok(Object.fromEntries(rows));
}

/** Profit and loss of the selected account; the first answer of a session is empty. */
function partitionedPnl({ brokerage, simulation, market, now }: BrokerageCall): Answer {
  const account = simulation.accounts.get(brokerage.selectedAccount);
  if (!brokerage.pnlWarm || !account) {
    brokerage.pnlWarm = true;
    return ok({ upnl: {} });
  }
  return ok({ upnl: profitAndLoss(account, market, now) });
}

/** Profit and loss of an account, keyed as `DU1234567.Core`; of each of its models by itself, as `DU1234567.Growth`. */
export function profitAndLoss(account: AccountBook, market: Market, now: number): Record<string, unknown> {
  const value = valueAccount(account, market, now);
  const whole = {
    daily: value.daily,
    unrealized: value.unrealized,
    netLiquidation: value.netLiquidation,
    marketValue: value.stocks + value.options,
  };
  const models = [...account.models.keys()].map(
    (model) => [model, modelTotals(account, value, model)] as const,
  );
  // What is in no model, cash included.
  const core = models.reduce((rest, [, model]) => combine(rest, model, -1), whole);
  const row = (totals: ModelTotals, excess: number) => ({
    rowType: 1,
    dpl: cents(totals.daily),
    nl: cents(totals.netLiquidation),
    upl: cents(totals.unrealized),
    uel: cents(excess),
    el: cents(excess),
    mv: cents(totals.marketValue),
  });
  return {
    [`${account.id}.Core`]: row(core, value.excessLiquidity),
    ...Object.fromEntries(models.map(([model, totals]) => [`${account.id}.${model}`, row(totals, 0)])),
  };
}

interface ModelTotals {
  readonly daily: number;
  readonly unrealized: number;
  readonly netLiquidation: number;
  readonly marketValue: number;
}

function combine(a: ModelTotals, b: ModelTotals, sign: 1 | -1): ModelTotals {
  return {
    daily: a.daily + sign * b.daily,
    unrealized: a.unrealized + sign * b.unrealized,
    netLiquidation: a.netLiquidation + sign * b.netLiquidation,
    marketValue: a.marketValue + sign * b.marketValue,
  };
}

/** What a model holds, in the base currency; it has no cash of its own. */
function modelTotals(account: AccountBook, value: AccountValuation, model: string): ModelTotals {
  const parts = partsOf(account, value.positions).filter((part) => part.model === model);
  return parts.reduce<ModelTotals>(
    (sum, { instrument, daily, unrealized, marketValue }) => {
      const rate = value.currencies.get(instrument.currency)?.exchangeRate ?? 1;
      // A future is not paid for: only its profit is worth something.
      const owned = instrument.future
        ? { net: unrealized, market: 0 }
        : { net: marketValue, market: marketValue };
      const part = {
        daily: daily * rate,
        unrealized: unrealized * rate,
        netLiquidation: owned.net * rate,
        marketValue: owned.market * rate,
      };
      return combine(sum, part, 1);
    },
    { daily: 0, unrealized: 0, netLiquidation: 0, marketValue: 0 },
  );
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

export const accountSummaryRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/account/:accountId/summary', needs: 'accounts', handle: summary },
  {
    method: 'GET',
    path: '/iserver/account/:accountId/summary/available_funds',
    needs: 'accounts',
    handle: availableFunds,
  },
  {
    method: 'GET',
    path: '/iserver/account/:accountId/summary/balances',
    needs: 'accounts',
    handle: balances,
  },
  { method: 'GET', path: '/iserver/account/:accountId/summary/margins', needs: 'accounts', handle: margins },
  {
    method: 'GET',
    path: '/iserver/account/:accountId/summary/market_value',
    needs: 'accounts',
    handle: marketValue,
  },
  { method: 'GET', path: '/iserver/account/pnl/partitioned', needs: 'accounts', handle: partitionedPnl },
];
