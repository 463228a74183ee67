import { contractName, securityDefinition } from '../contracts/contracts.ts';
import { optionMonth } from '../contracts/option-contracts.ts';
import { type Answer, badRequest, ok, unauthorized } from '../http/answer.ts';
import { objectBody } from '../http/json-body.ts';
import type { Call, Route } from '../http/router.ts';
import type { AccountBook } from './account-book.ts';
import { accountRow } from './accounts.ts';
import {
  type AccountValuation,
  BASE_CURRENCY,
  type CurrencyTotals,
  type PositionPart,
  partsOf,
  type ValuedPosition,
  valueAccount,
} from './valuation.ts';

const PAGE_SIZE = 100;

/** Unknown accounts are answered with a bare 401, which looks like a lost login and is none. */
function accountOf({ session, simulation, params }: Call): AccountBook {
  const account = simulation.accountOf(session, params.accountId);
  if (!account) throw unauthorized();
  return account;
}

function valuationOf(call: Call, account = accountOf(call)): AccountValuation {
  return valueAccount(account, call.market, call.now);
}

/** The rows of an account's positions: those of the model that is asked for, or of all. */
function rowsOf(call: Call, account = accountOf(call)): PositionPart[] {
  const model = call.query.get('model');
  const parts = partsOf(account, valuationOf(call, account).positions);
  return model ? parts.filter((part) => part.model === model) : parts;
}

function contractText({ instrument }: ValuedPosition): string {
  const terms = instrument.option;
  if (!terms) return contractName(instrument);
  return `${instrument.symbol}   ${optionMonth(terms.expiry)} ${terms.strike} ${terms.right} [${instrument.symbol}  ${terms.expiry.slice(2)}${terms.right}${String(terms.strike * 1000).padStart(8, '0')} 100]`;
}

/** A position as the first read of a session gives it. */
function coldRow(account: AccountBook, position: PositionPart): Record<string, unknown> {
  const { instrument } = position;
  const terms = instrument.option ?? instrument.future;
  return {
    acctId: account.id,
    conid: instrument.conid,
    contractDesc: contractText(position),
    position: position.quantity,
    mktPrice: position.price,
    mktValue: cents(position.marketValue),
    currency: instrument.currency,
    avgCost: position.averageCost,
    avgPrice: position.averagePrice,
    realizedPnl: cents(position.realized),
    unrealizedPnl: cents(position.unrealized),
    exchs: null,
    expiry: terms?.expiry ?? null,
    putOrCall: instrument.option?.right ?? null,
    multiplier: terms?.multiplier ?? null,
    strike: instrument.option?.strike ?? 0,
    exerciseStyle: null,
    conExchMap: [],
    assetClass: instrument.assetClass,
    undConid: terms?.underlying ?? 0,
    model: position.model,
  };
}

/** Later reads know the contract; `strike` and `multiplier` change their type. */
function warmRow(call: Call, account: AccountBook, position: PositionPart): Record<string, unknown> {
  const { instrument } = position;
  const rate = call.market.rate(instrument.currency, BASE_CURRENCY, call.now);
  return {
    ...coldRow(account, position),
    ...securityDefinition(instrument, call.now),
    strike: String(instrument.option?.strike ?? 0),
    multiplier: (instrument.option ?? instrument.future)?.multiplier ?? 0,
    pageSize: PAGE_SIZE,
    baseMktValue: cents(position.marketValue * rate),
    baseMktPrice: position.price * rate,
    baseAvgCost: position.averageCost * rate,
    baseAvgPrice: position.averagePrice * rate,
    baseRealizedPnl: cents(position.realized * rate),
    baseUnrealizedPnl: cents(position.unrealized * rate),
  };
}

const SORT_KEYS: Readonly<Record<string, (position: ValuedPosition) => number | string>> = {
  position: ({ quantity }) => quantity,
  mktValue: ({ marketValue }) => marketValue,
  mktPrice: ({ price }) => price,
  unrealizedPnl: ({ unrealized }) => unrealized,
  conid: ({ instrument }) => instrument.conid,
  name: ({ instrument }) => instrument.symbol,
};

function sorted(positions: readonly PositionPart[], query: URLSearchParams): PositionPart[] {
  const key = SORT_KEYS[query.get('sort') ?? 'name'] ?? SORT_KEYS.name;
  const direction = query.get('direction') === 'd' ? -1 : 1;
  return positions.toSorted((a, b) => {
    const [left, right] = [key?.(a) ?? 0, key?.(b) ?? 0];
    return left < right ? -direction : left > right ? direction : a.instrument.conid - b.instrument.conid;
  });
}

/** Pages of 100 from page 0; past the end an empty list. Closed positions linger with quantity 0. */
function positions(call: Call): Answer {
  const account = accountOf(call);
  const page = Number(call.params.page);
  if (!Number.isInteger(page) || page < 0) throw badRequest('page is not valid');
  const rows = sorted(rowsOf(call, account), call.query).slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  const key = `${account.id}/${page}`;
  const isWarm = call.session.warmPositions.has(key);
  call.session.warmPositions.add(key);
  return ok(rows.map((row) => (isWarm ? warmRow(call, account, row) : coldRow(account, row))));
}

function invalidatePositions(call: Call): Answer {
  accountOf(call);
  return ok({ message: 'success' });
}

/** The newer list: not cached, other names, `conid` as text. */
function uncachedPositions(call: Call): Answer {
  const rows = sorted(rowsOf(call), call.query).map((position) => ({
    position: position.quantity,
    conid: String(position.instrument.conid),
    avgCost: position.averageCost,
    avgPrice: position.averagePrice,
    currency: position.instrument.currency,
    description: contractText(position),
    isLastToLoq: false,
    marketPrice: position.price,
    marketValue: position.marketValue,
    realizedPnl: position.realized,
    secType: position.instrument.assetClass,
    timestamp: seconds(call.now),
    unrealizedPnl: position.unrealized,
    assetClass: position.instrument.assetClass,
    sector: position.instrument.isEtf ? null : position.instrument.sector,
    group: position.instrument.isEtf ? null : position.instrument.industry,
    model: position.model,
  }));
  return ok(rows);
}

function positionOfConid(call: Call): Answer {
  const account = accountOf(call);
  const rows = rowsOf(call, account).filter(
    ({ instrument }) => String(instrument.conid) === call.params.conid,
  );
  return ok(rows.map((row) => warmRow(call, account, row)));
}

function positionsOfConid(call: Call): Answer {
  const byAccount: Record<string, unknown> = {};
  for (const id of call.session.accountIds) {
    const account = call.simulation.accounts.get(id);
    if (!account) continue;
    const held = rowsOf(call, account).filter(
      ({ instrument }) => String(instrument.conid) === call.params.conid,
    );
    // Only the first account's rows know the contract, the others' stay as on a cold read.
    const isFirst = id === call.session.firstAccount;
    if (held.length > 0) {
      byAccount[id] = held.map((row) => (isFirst ? warmRow(call, account, row) : coldRow(account, row)));
    }
  }
  return ok(byAccount);
}

function summaryEntry(amount: number, now: number, value: string | null = null): Record<string, unknown> {
  return {
    amount,
    currency: value === null ? BASE_CURRENCY : null,
    isNull: false,
    timestamp: seconds(now),
    value,
    severity: 0,
  };
}

function summary(call: Call): Answer {
  const value = valuationOf(call);
  const entry = (amount: number) => summaryEntry(cents(amount), call.now);
  const amounts: Record<string, number> = {
    accruedcash: 0,
    accrueddividend: 0,
    availablefunds: value.availableFunds,
    buyingpower: value.buyingPower,
    cushion: value.excessLiquidity / Math.max(1, value.netLiquidation),
    equitywithloanvalue: value.netLiquidation - value.options,
    excessliquidity: value.excessLiquidity,
    fullavailablefunds: value.availableFunds,
    fullexcessliquidity: value.excessLiquidity,
    fullinitmarginreq: value.initialMargin,
    fullmaintmarginreq: value.maintenanceMargin,
    grosspositionvalue: value.grossPosition,
    indianstockhaircut: 0,
    initmarginreq: value.initialMargin,
    lookaheadavailablefunds: value.availableFunds,
    lookaheadexcessliquidity: value.excessLiquidity,
    lookaheadinitmarginreq: value.initialMargin,
    lookaheadmaintmarginreq: value.maintenanceMargin,
    maintmarginreq: value.maintenanceMargin,
    netliquidation: value.netLiquidation,
    nlvandmargininreview: 0,
    postexpirationexcess: 0,
    postexpirationmargin: 0,
    previousdayequitywithloanvalue: value.netLiquidation - value.daily,
    regtequity: value.netLiquidation,
    regtmargin: 0,
    sma: value.availableFunds,
    totalcashvalue: value.cash,
    totaldebitcardpendingcharges: 0,
  };
  const answer: Record<string, unknown> = {
    accountcode: summaryEntry(0, call.now, call.params.accountId),
    accountready: summaryEntry(0, call.now, 'true'),
    accounttype: summaryEntry(0, call.now, 'INDIVIDUAL'),
  };
  for (const [key, amount] of Object.entries(amounts)) {
    answer[key] = entry(amount);
    answer[`${key}-s`] = entry(amount);
    answer[`${key}-c`] = entry(0);
  }
  return ok(answer);
}

function ledgerEntry(
  account: AccountBook,
  currency: string,
  totals: CurrencyTotals,
  now: number,
): Record<string, unknown> {
  return {
    commoditymarketvalue: 0,
    futuremarketvalue: cents(totals.futures),
    settledcash: cents(totals.cash),
    exchangerate: totals.exchangeRate,
    sessionid: 1,
    cashbalance: cents(totals.cash),
    corporatebondsmarketvalue: 0,
    cryptocurrencyvalue: 0,
    warrantsmarketvalue: 0,
    netliquidationvalue: cents(totals.cash + totals.stocks + totals.options + totals.futures),
    interest: 0,
    unrealizedpnl: cents(totals.unrealized),
    stockmarketvalue: cents(totals.stocks),
    moneyfunds: 0,
    currency,
    realizedpnl: cents(totals.realized),
    funds: 0,
    acctcode: account.id,
    issueroptionsmarketvalue: 0,
    key: 'LedgerList',
    timestamp: seconds(now),
    severity: 0,
    stockoptionmarketvalue: cents(totals.options),
    futuresonlypnl: 0,
    tbondsmarketvalue: 0,
    futureoptionmarketvalue: 0,
    cashbalancefxsegment: 0,
    secondkey: currency,
    tbillsmarketvalue: 0,
    dividends: 0,
  };
}

function ledger(call: Call): Answer {
  const account = accountOf(call);
  const value = valuationOf(call, account);
  const last = value.currencies.size - 1;
  const entries = [...value.currencies].map(([currency, totals], i) => [
    currency,
    { ...ledgerEntry(account, currency, totals, call.now), ...(i === last && { endofbundle: 1 }) },
  ]);
  const base: CurrencyTotals = {
    cash: value.cash,
    stocks: value.stocks,
    options: value.options,
    futures: value.futures,
    realized: value.realized,
    unrealized: value.unrealized,
    exchangeRate: 1,
  };
  return ok({ ...Object.fromEntries(entries), BASE: ledgerEntry(account, 'BASE', base, call.now) });
}

type Holding = Pick<AccountValuation, 'positions' | 'currencies' | 'cash'>;
type Breakdown = Record<'long' | 'short', Record<string, number>>;

function addTo(breakdown: Breakdown, key: string, amount: number): void {
  if (amount === 0) return;
  const half = amount > 0 ? breakdown.long : breakdown.short;
  half[key] = cents((half[key] ?? 0) + amount);
}

function allocationOf(valuations: readonly Holding[]): Record<string, Breakdown> {
  const assetClass: Breakdown = { long: {}, short: {} };
  const sector: Breakdown = { long: {}, short: {} };
  const group: Breakdown = { long: {}, short: {} };
  for (const value of valuations) {
    for (const { instrument, marketValue } of value.positions) {
      const amount = marketValue * (value.currencies.get(instrument.currency)?.exchangeRate ?? 1);
      addTo(assetClass, instrument.assetClass, amount);
      addTo(sector, instrument.sector, amount);
      addTo(group, instrument.isEtf ? 'Others' : instrument.industry, amount);
    }
    addTo(assetClass, 'CASH', value.cash);
  }
  return { assetClass, sector, group };
}

/** A model has positions, and no cash. */
function allocation(call: Call): Answer {
  const value = valuationOf(call);
  const ofModel = { ...value, positions: rowsOf(call), cash: 0 };
  return ok(allocationOf([call.query.get('model') ? ofModel : value]));
}

function consolidatedAllocation(call: Call): Answer {
  const { acctIds } = objectBody(call.body);
  if (!Array.isArray(acctIds) || acctIds.length === 0) throw badRequest('acctIds is required');
  const valuations = acctIds.map((id) => {
    const account = call.simulation.accountOf(call.session, String(id));
    if (!account) throw unauthorized();
    return valuationOf(call, account);
  });
  return ok(allocationOf(valuations));
}

function meta(call: Call): Answer {
  const account = accountOf(call);
  return ok(accountRow(call.session, account.id, account.createdAt));
}

function comboPositions(call: Call): Answer {
  accountOf(call);
  return ok([]);
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function seconds(time: number): number {
  return Math.floor(time / 1000);
}

export const portfolioRoutes: readonly Route[] = [
  { method: 'GET', path: '/portfolio/:accountId/positions/:page', needs: 'portfolio', handle: positions },
  {
    method: 'POST',
    path: '/portfolio/:accountId/positions/invalidate',
    needs: 'portfolio',
    handle: invalidatePositions,
  },
  { method: 'GET', path: '/portfolio2/:accountId/positions', needs: 'portfolio', handle: uncachedPositions },
  {
    method: 'GET',
    path: '/portfolio/:accountId/position/:conid',
    needs: 'portfolio',
    handle: positionOfConid,
  },
  { method: 'GET', path: '/portfolio/positions/:conid', needs: 'portfolio', handle: positionsOfConid },
  {
    method: 'GET',
    path: '/portfolio/:accountId/combo/positions',
    needs: 'portfolio',
    handle: comboPositions,
  },
  { method: 'GET', path: '/portfolio/:accountId/summary', needs: 'portfolio', handle: summary },
  { method: 'GET', path: '/portfolio/:accountId/ledger', needs: 'portfolio', handle: ledger },
  { method: 'GET', path: '/portfolio/:accountId/allocation', needs: 'portfolio', handle: allocation },
  { method: 'POST', path: '/portfolio/allocation', needs: 'portfolio', handle: consolidatedAllocation },
  { method: 'GET', path: '/portfolio/:accountId/meta', needs: 'portfolio', handle: meta },
];
