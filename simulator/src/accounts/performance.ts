import { instrumentOf } from '../contracts/catalog.ts';
import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { Call, Route } from '../http/router.ts';
import { dividendYield, quarterlyDividend } from '../market/dividends.ts';
import { dateOfDay, localDay, localTime, type TradingSession } from '../market/trading-hours.ts';
import type { AccountBook, Trade } from './account-book.ts';
import { fromMicros } from './money.ts';
import { BASE_CURRENCY, valueOfHoldingsAt } from './valuation.ts';

const ZONE = 'America/New_York';
/** Trading days follow this exchange. */
const CALENDAR = 'NYSE';
const DAY_MS = 86_400_000;

/** First day of a period that ends on `today` (`YYYYMMDD`). */
const PERIODS: Readonly<Record<string, (today: number, date: string) => number>> = {
  '1D': (today) => today - 1,
  '7D': (today) => today - 7,
  MTD: (today, date) => today - Number(date.slice(6)) + 1,
  '1M': (today) => today - 31,
  '3M': (today) => today - 92,
  '6M': (today) => today - 183,
  '12M': (today) => today - 365,
  '1Y': (today) => today - 365,
  YTD: (_today, date) => Date.UTC(Number(date.slice(0, 4)), 0, 1) / DAY_MS,
};
const ALL_PERIODS = ['1D', '7D', 'MTD', '1M', 'YTD', '1Y'];

/** End-of-day values of the account's present holdings; the simulator knows no earlier ones. */
interface Series {
  readonly dates: string[];
  readonly values: number[];
  readonly start: { readonly date: string; readonly val: number };
}

function seriesOf(account: AccountBook, period: string, { market, now }: Call): Series {
  const today = localDay(ZONE, now);
  const firstDay = PERIODS[period]?.(today, dateOfDay(today)) ?? today;
  const finished = market.hours
    .sessionsBetween(CALENDAR, localTime(ZONE, firstDay, 0), now)
    .filter((session) => session.day >= firstDay && session.close <= now);
  const valueAt = (session: TradingSession) => cents(valueOfHoldingsAt(account, market, session.close - 1));
  const [first] = finished;
  const before = market.hours.previousSession(CALENDAR, first ?? market.hours.latestSession(CALENDAR, now));
  return {
    dates: finished.map((session) => dateOfDay(session.day)),
    values: finished.map(valueAt),
    start: { date: dateOfDay(before.day), val: valueAt(before) },
  };
}

function returns({ values, start }: Series): number[] {
  return values.map((value) => Number((value / start.val - 1).toFixed(8)));
}

function accountsOf(call: Call): AccountBook[] {
  const { acctIds } = objectBody(call.body);
  if (!Array.isArray(acctIds) || acctIds.length === 0) throw badRequest('acctIds is required');
  return acctIds.map((id) => {
    const account = call.simulation.accountOf(call.session, String(id));
    if (!account) throw failureAnswer(500, 'Invalid account ID');
    return account;
  });
}

function performance(call: Call): Answer {
  const accounts = accountsOf(call);
  const period = textOf(objectBody(call.body).period) ?? '';
  if (!PERIODS[period]) throw badRequest('period is not valid');
  const all = accounts.map((account) => ({ account, series: seriesOf(account, period, call) }));
  const dates = all[0]?.series.dates ?? [];
  const months = [...new Set(dates.map((date) => date.slice(0, 6)))];
  const row = (account: AccountBook, series: Series, values: object) => ({
    id: account.id,
    idType: 'acctid',
    start: series.dates[0] ?? series.start.date,
    end: series.dates.at(-1) ?? series.start.date,
    ...values,
    baseCurrency: BASE_CURRENCY,
  });
  const list = (values: (series: Series) => object) =>
    all.map(({ account, series }) => row(account, series, values(series)));
  return ok({
    currencyType: 'base',
    pm: 'TWR',
    nd: dates.length,
    id: 'getPerformanceData',
    included: accounts.map(({ id }) => id),
    cps: { freq: 'D', dates, data: list((series) => ({ returns: returns(series) })) },
    tpps: { freq: 'M', dates: months, data: list((series) => ({ returns: monthlyReturns(series, months) })) },
    nav: { freq: 'D', dates, data: list((series) => ({ startNAV: series.start, navs: series.values })) },
  });
}

function monthlyReturns({ dates, values, start }: Series, months: readonly string[]): number[] {
  let previous = start.val;
  return months.map((month) => {
    const end = values[dates.findLastIndex((date) => date.startsWith(month))] ?? previous;
    const change = end / previous - 1;
    previous = end;
    return Number(change.toFixed(8));
  });
}

function allPeriods(call: Call): Answer {
  const accounts = accountsOf(call);
  const ids = accounts.map(({ id }) => id);
  const byAccount = accounts.map((account) => {
    const periods = ALL_PERIODS.map((period) => {
      const series = seriesOf(account, period, call);
      return [
        period,
        { freq: 'D', startNAV: series.start, dates: series.dates, nav: series.values, cps: returns(series) },
      ];
    });
    const year = seriesOf(account, '1Y', call);
    return [
      account.id,
      {
        ...Object.fromEntries(periods),
        baseCurrency: BASE_CURRENCY,
        start: year.dates[0] ?? year.start.date,
        end: year.dates.at(-1) ?? year.start.date,
        periods: ALL_PERIODS,
        lastSuccessfulUpdate: new Date(call.now).toISOString().slice(0, 19).replace('T', ' '),
      },
    ];
  });
  return ok({
    pm: 'TWR',
    nd: 365,
    id: 'getPerformanceAllPeriods',
    currencyType: 'base',
    view: ids,
    included: ids,
    ...Object.fromEntries(byAccount),
  });
}

/**
 * Transactions of all contracts asked for: IBKR describes the call "for a given number of conids", though it says of the
 * parameter that it takes one. Of several, what no contract caused is among them.
 */
function transactions(call: Call): Answer {
  const accounts = accountsOf(call);
  const { conids, days } = objectBody(call.body);
  if (!Array.isArray(conids) || conids.length === 0) throw badRequest('conids is required');
  const asked = new Set(conids.map(numberOf));
  const count = numberOf(days) ?? 90;
  const from = call.now - count * DAY_MS;
  const rows = accounts.flatMap((account) => [
    ...account.trades
      .filter((trade) => asked.has(trade.conid) && trade.time >= from)
      .map((trade) => ({ time: trade.time, row: transactionRow(account, trade, call) })),
    ...dividendsOf(account, asked, from, call),
    ...(asked.size > 1 ? [...feesOf(account, from, call), ...transfersOf(account, from, call)] : []),
  ]);
  const realized = accounts.reduce(
    (sum, account) =>
      sum +
      [...asked].reduce<number>(
        (part, conid) => part + (account.positions.get(conid ?? 0)?.realized ?? 0),
        0,
      ),
    0,
  );
  return ok({
    nd: count,
    rpnl: { data: [], amt: fromMicros(realized).toFixed(1) },
    currency: textOf(objectBody(call.body).currency) ?? BASE_CURRENCY,
    from,
    to: call.now,
    id: 'getTransactions',
    transactions: rows.sort((a, b) => b.time - a.time).map(({ row }) => row),
  });
}

/** Stocks pay in the last month of a quarter. */
const PAYS_ON = 10;
/** What market data costs a month, on its first day. */
const MONTHLY_FEE = 4.5;

const MOVES_ON = 5;
/** Months from 0. */
const DEPOSIT = { monthOfQuarter: 2, amount: 2_500 };
const WITHDRAWAL = { month: 6, amount: 1_000 };
/** Shares of Apple. */
const TRANSFER = { month: 3, conid: 265598, quantity: 12 };

interface Booking {
  time: number;
  row: Record<string, unknown>;
}

/** Of what the account holds now, as its performance is, too. */
function dividendsOf(
  account: AccountBook,
  asked: ReadonlySet<number | undefined>,
  from: number,
  { market, now }: Call,
): Booking[] {
  const days = monthsBetween(from, now, PAYS_ON).filter((time) => new Date(time).getUTCMonth() % 3 === 2);
  return [...account.positions].flatMap(([conid, { quantity }]) => {
    const instrument = instrumentOf(conid);
    if (!asked.has(conid) || instrument === undefined || quantity === 0) return [];
    if (dividendYield(instrument) === 0) return [];
    return days.map((time) => {
      const price = market.last(instrument, time) / (instrument.priceMagnifier ?? 1);
      return {
        time,
        row: {
          ...bookingOf(
            account,
            instrument.currency,
            time,
            market.rate(instrument.currency, BASE_CURRENCY, time),
          ),
          amt: cents(quantity * quarterlyDividend(instrument, price)),
          conid,
          type: 'Dividend Payment',
          desc: instrument.name,
        },
      };
    });
  });
}

function feesOf(account: AccountBook, from: number, { now }: Call): Booking[] {
  return monthsBetween(from, now, 1).map((time) => ({
    time,
    row: {
      ...bookingOf(account, BASE_CURRENCY, time, 1),
      amt: -MONTHLY_FEE,
      type: 'Other Fees',
      desc: 'Market data subscription',
    },
  }));
}

/** Money that its owner moved: a deposit in each quarter, a withdrawal each summer, and once stocks from elsewhere. */
function transfersOf(account: AccountBook, from: number, { market, now }: Call): Booking[] {
  return monthsBetween(from, now, MOVES_ON).flatMap((time) => {
    const month = new Date(time).getUTCMonth();
    const booked = bookingOf(account, BASE_CURRENCY, time, 1);
    if (month === WITHDRAWAL.month)
      return {
        time,
        row: { ...booked, amt: -WITHDRAWAL.amount, type: 'Withdrawal', desc: 'CASH WITHDRAWAL' },
      };
    if (month % 3 === DEPOSIT.monthOfQuarter)
      return { time, row: { ...booked, amt: DEPOSIT.amount, type: 'Deposit', desc: 'CASH RECEIPTS' } };
    const instrument = instrumentOf(TRANSFER.conid);
    if (month !== TRANSFER.month || instrument === undefined) return [];
    const price = market.last(instrument, time);
    const { quantity: qty, conid } = TRANSFER;
    return {
      time,
      row: {
        ...booked,
        qty,
        pr: price,
        amt: cents(qty * price),
        conid,
        type: 'Transfer In',
        desc: instrument.name,
      },
    };
  });
}

/** The times at which a day of a month begins in UTC, a little into it, so that it is that day in New York. */
function monthsBetween(from: number, until: number, day: number): number[] {
  const start = new Date(from);
  const times: number[] = [];
  for (let month = start.getUTCMonth(); ; month += 1) {
    const time = Date.UTC(start.getUTCFullYear(), month, day, 15);
    if (time > until) return times;
    if (time >= from) times.push(time);
  }
}

function transactionRow(account: AccountBook, trade: Trade, { market }: Call): Record<string, unknown> {
  const instrument = instrumentOf(trade.conid);
  const currency = instrument?.currency ?? BASE_CURRENCY;
  return {
    ...bookingOf(account, currency, trade.time, market.rate(currency, BASE_CURRENCY, trade.time)),
    pr: trade.price / (instrument?.priceMagnifier ?? 1),
    qty: trade.side === 'BUY' ? trade.quantity : -trade.quantity,
    amt: fromMicros(trade.netAmount),
    conid: trade.conid,
    type: trade.side === 'BUY' ? 'Buy' : 'Sell',
    desc: instrument?.name ?? '',
  };
}

/** What every booking has: when, in which account and currency. */
function bookingOf(
  account: AccountBook,
  currency: string,
  time: number,
  fxRate: number,
): Record<string, unknown> {
  const day = localDay(ZONE, time);
  const [weekdayName, month, dayOfMonth, year] = new Date(day * DAY_MS)
    .toUTCString()
    .replace(',', '')
    .split(' ')
    .map((_, i, words) => words[[0, 2, 1, 3][i] ?? 0]);
  const zoneName = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, timeZoneName: 'short' })
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return {
    cur: currency,
    date: `${weekdayName} ${month} ${dayOfMonth} 00:00:00 ${zoneName} ${year}`,
    rawDate: dateOfDay(day),
    fxRate,
    acctid: account.id,
  };
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

export const performanceRoutes: readonly Route[] = [
  { method: 'POST', path: '/pa/performance', needs: 'login', handle: performance },
  { method: 'POST', path: '/pa/allperiods', needs: 'login', handle: allPeriods },
  { method: 'POST', path: '/pa/transactions', needs: 'login', handle: transactions },
];
