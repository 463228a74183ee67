import type { AccountBook, Trade } from '../accounts/account-book.ts';
import { fromMicros, roundQuantity } from '../accounts/money.ts';
import { instrumentOf } from '../contracts/catalog.ts';
import { contractName } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instruments.ts';
import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import { priceDecimals } from '../market/market.ts';
import { localDay, localTime } from '../market/trading-hours.ts';
import { conidexOf, instrumentOfOrder } from './combos.ts';
import { averageFillPrice } from './matching.ts';
import { isOpen, type Order, type OrderStatus } from './order.ts';
import { ORDER_TYPES } from './order-types.ts';

const MAX_ROWS = 1000;
export const MAX_TRADE_DAYS = 7;
const DAY_MS = 86_400_000;
const ZONE = 'America/New_York';

const STATUS_CODES: Readonly<Record<OrderStatus, string>> = {
  PreSubmitted: '0',
  Submitted: '0',
  PendingCancel: '0',
  Filled: '2',
  Cancelled: '4',
  Inactive: '8',
};

/** The account whose orders are meant: the one asked for, else the selected one. */
function accountOf({ session, simulation, brokerage, query }: BrokerageCall): AccountBook {
  const id = query.get('accountId') ?? brokerage.selectedAccount;
  const account = simulation.accountOf(session, id);
  if (!account) throw badRequest(`accountId is not valid: ${id}`);
  return account;
}

/** `260401234047`, UTC. */
function shortTime(time: number): string {
  return new Date(time).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '');
}

function priceText(instrument: Instrument, price: number): string {
  return price.toFixed(priceDecimals(instrument));
}

/** `Bought 1 SPY Market, Day` */
function describe(order: Order, instrument: Instrument, withSymbol: boolean): string {
  const { side, type, tif, limitPrice, stopPrice } = order.terms;
  const isDone = order.status === 'Filled';
  const verb = side === 'BUY' ? (isDone ? 'Bought' : 'Buy') : isDone ? 'Sold' : 'Sell';
  const price = limitPrice ?? stopPrice;
  const words = [
    verb,
    String(order.quantity),
    withSymbol ? contractName(instrument) : '',
    ORDER_TYPES[type].names[0],
  ];
  if (price !== undefined) words.push(priceText(instrument, price));
  return `${words.filter((word) => word !== '').join(' ')}, ${tif === 'DAY' ? 'Day' : tif}`;
}

/** An order as the order list tells it. */
export function orderRow(order: Order, instrument: Instrument): Record<string, unknown> {
  const { terms } = order;
  const updatedAt = order.lastFillAt ?? order.createdAt;
  const remaining = roundQuantity(order.quantity - order.filled);
  const stop = stopOf(order);
  return {
    acct: order.accountId,
    account: order.accountId,
    conidex: conidexOf(terms),
    conid: terms.conid,
    orderId: order.id,
    cashCcy: instrument.currency,
    sizeAndFills:
      order.filled > 0 && remaining > 0 ? `${order.filled}/${order.quantity}` : String(order.quantity),
    orderDesc: describe(order, instrument, true),
    description1: instrument.symbol,
    ticker: instrument.symbol,
    secType: instrument.assetClass,
    listingExchange: instrument.exchange,
    remainingQuantity: remaining,
    filledQuantity: order.filled,
    totalSize: order.quantity,
    ...(terms.cashQuantity === undefined ? {} : { totalCashSize: terms.cashQuantity }),
    companyName: instrument.name,
    status: order.status,
    order_ccp_status: order.status,
    ...(order.reason === undefined ? {} : { order_cancellation_by_system_reason: order.reason }),
    ...(order.filled > 0 ? { avgPrice: priceText(instrument, averageFillPrice(order)) } : {}),
    origOrderType: ORDER_TYPES[terms.type].names[1],
    supportsTaxOpt: '1',
    lastExecutionTime: shortTime(updatedAt),
    lastExecutionTime_r: updatedAt,
    orderType: ORDER_TYPES[terms.type].names[0],
    ...(terms.cOID === undefined ? {} : { order_ref: terms.cOID }),
    ...(order.parentId === undefined ? {} : { parentId: order.parentId }),
    ...(order.ocaGroup === undefined ? {} : { ocaGroupId: order.ocaGroup }),
    bgColor: '#FFFFFF',
    fgColor: isOpen(order) ? '#0000CC' : '#000000',
    isEventTrading: '0',
    price: terms.limitPrice === undefined ? '' : priceText(instrument, terms.limitPrice),
    ...(stop === undefined ? {} : { auxPrice: priceText(instrument, stop) }),
    outsideRTH: terms.outsideRth,
    // A day order is listed under another name than it is placed with.
    timeInForce: terms.tif === 'DAY' ? 'CLOSE' : terms.tif,
    side: terms.side,
  };
}

function lastChange({ createdAt, lastFillAt = 0, endedAt = 0 }: Order): number {
  return Math.max(createdAt, lastFillAt, endedAt);
}

/** `pre_submitted` and `PreSubmitted` mean the same. */
export function statusKey(status: string): string {
  return status.replaceAll('_', '').toLowerCase();
}

/**
 * Today's and still open orders. The first call of a session, and one with `force`, answer nothing; filters stay
 * until a call without them.
 */
function liveOrders(call: BrokerageCall): Answer {
  const { query, brokerage, now } = call;
  const account = accountOf(call);
  const filters = query.get('filters');
  brokerage.orderFilters = new Set(filters ? filters.split(',').map(statusKey) : []);
  if (!brokerage.ordersWarm || query.get('force') === 'true') {
    brokerage.ordersWarm = true;
    return ok({ orders: [], snapshot: false });
  }
  const rows: Record<string, unknown>[] = [];
  for (const order of listedOrders(account, now)) {
    const isWanted = brokerage.orderFilters.size === 0 || brokerage.orderFilters.has(statusKey(order.status));
    const instrument = instrumentOfOrder(order.terms);
    if (isWanted && instrument) rows.push(orderRow(order, instrument));
    if (rows.length === MAX_ROWS) break;
  }
  return ok({ orders: rows, snapshot: true });
}

/** Orders that still work or have changed today, the latest first. */
export function listedOrders(account: AccountBook, now: number): Order[] {
  const startOfDay = localTime(ZONE, localDay(ZONE, now), 0);
  return [...account.orders.values()]
    .filter((order) => isOpen(order) || lastChange(order) >= startOfDay)
    .reverse();
}

/** Knows the orders of the selected account only, and of those the ones that this brokerage session has placed. */
function orderStatus(call: BrokerageCall): Answer {
  const id = call.params.orderId ?? '';
  if (!/^[1-9]\d*$/.test(id)) throw badRequest('order id is not valid');
  const isKnown = call.brokerage.knownOrders.has(Number(id));
  const order = isKnown ? accountOf(call).orders.get(Number(id)) : undefined;
  const instrument = order && instrumentOfOrder(order.terms);
  if (!order || !instrument) throw failureAnswer(503, `Order ${id} is not found`);
  return ok(statusRow(order, instrument));
}

/** Where its stop stands now. */
function stopOf({ terms, trailStop }: Order): number | undefined {
  return trailStop ?? terms.stopPrice;
}

/** What IBKR's pages need to offer the opposite order. */
function exitStrategy(order: Order, instrument: Instrument): Record<string, string> {
  const price = priceText(instrument, averageFillPrice(order));
  const verb = order.terms.side === 'BUY' ? 'Bought' : 'Sold';
  return {
    exit_strategy_display_price: price,
    exit_strategy_chart_description: `${verb} ${order.quantity} @ ${price}`,
    exit_strategy_tool_availability: '1',
  };
}

function statusRow(order: Order, instrument: Instrument): Record<string, unknown> {
  const { terms } = order;
  const open = isOpen(order);
  const size = (quantity: number) => quantity.toFixed(Number.isInteger(quantity) ? 1 : 4);
  const stop = stopOf(order);
  return {
    sub_type: null,
    request_id: String(order.id % 1000),
    server_id: '0',
    order_id: order.id,
    conidex: conidexOf(terms),
    conid: terms.conid,
    symbol: instrument.symbol,
    side: terms.side === 'BUY' ? 'B' : 'S',
    contract_description_1: contractName(instrument),
    listing_exchange: instrument.exchange,
    option_acct: 'c',
    company_name: instrument.name,
    // What remains, not what was ordered.
    size: size(roundQuantity(order.quantity - order.filled)),
    total_size: size(order.quantity),
    currency: instrument.currency,
    account: order.accountId,
    order_type: ORDER_TYPES[terms.type].names[1],
    ...(terms.limitPrice === undefined ? {} : { limit_price: priceText(instrument, terms.limitPrice) }),
    ...(stop === undefined ? {} : { stop_price: priceText(instrument, stop) }),
    cum_fill: size(order.filled),
    order_status: order.status,
    order_ccp_status: STATUS_CODES[order.status],
    order_status_description: order.reason ?? `Order ${order.status}`,
    tif: terms.tif,
    fg_color: '#FFFFFF',
    bg_color: '#000000',
    order_not_editable: !open,
    editable_fields: open ? '\u001e' : '',
    cannot_cancel_order: !open,
    deactivate_order: false,
    sec_type: instrument.assetClass,
    available_chart_periods: '#R|1',
    order_description: describe(order, instrument, false),
    order_description_with_contract: describe(order, instrument, true),
    alert_active: 1,
    child_order_type: order.parentId === undefined ? '0' : '3',
    order_clearing_account: order.accountId,
    size_and_fills: String(order.filled > 0 && open ? `${order.filled}/${order.quantity}` : order.quantity),
    ...(order.status === 'Filled' ? exitStrategy(order, instrument) : {}),
    ...(order.filled > 0 ? { average_price: priceText(instrument, averageFillPrice(order)) } : {}),
    allowed_duplicate_opposite: true,
    order_time: shortTime(order.createdAt),
    ...(terms.cOID === undefined ? {} : { order_ref: terms.cOID }),
    ...(order.ocaGroup === undefined ? {} : { oca_group_id: order.ocaGroup }),
  };
}

/** Executions of today, or of up to seven days; the first call of a session answers none. */
function trades(call: BrokerageCall): Answer {
  const { query, brokerage, now } = call;
  const account = accountOf(call);
  const days = Number(query.get('days') ?? 1);
  if (!Number.isInteger(days) || days < 1 || days > MAX_TRADE_DAYS) throw badRequest('days is not valid');
  if (!brokerage.tradesWarm) {
    brokerage.tradesWarm = true;
    return ok([]);
  }
  const rows = recentTrades(account, days, now).map((trade) =>
    tradeRow(account, trade, call.session.username),
  );
  return ok(rows.filter((row) => row !== undefined));
}

/** Executions of orders in the last `days` days, today included; the latest first. */
export function recentTrades(account: AccountBook, days: number, now: number): Trade[] {
  const from = localTime(ZONE, localDay(ZONE, now), 0) - (days - 1) * DAY_MS;
  return account.trades.filter(({ time, orderId }) => time >= from && orderId !== 0).reverse();
}

export function tradeRow(
  account: AccountBook,
  trade: Trade,
  username: string,
): Record<string, unknown> | undefined {
  const instrument = instrumentOf(trade.conid);
  if (!instrument) return undefined;
  const verb = trade.side === 'BUY' ? 'Bot' : 'Sold';
  const text = priceText(instrument, trade.price);
  const iso = new Date(trade.time).toISOString();
  return {
    execution_id: trade.executionId,
    symbol: instrument.symbol,
    supports_tax_opt: '1',
    side: trade.side === 'BUY' ? 'B' : 'S',
    order_description: `${verb} ${trade.quantity} @ ${text} on ${instrument.exchange}`,
    trade_time: `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`,
    trade_time_r: trade.time,
    size: trade.quantity,
    price: trade.price,
    order_ref: trade.cOID ?? '',
    order_id: trade.orderId,
    submitter: username,
    exchange: instrument.exchange,
    commission: String(fromMicros(trade.commission)),
    net_amount: Math.abs(fromMicros(trade.netAmount)),
    account: account.id,
    accountCode: account.id,
    account_allocation_name: account.id,
    company_name: instrument.name,
    contract_description_1: contractName(instrument),
    sec_type: instrument.assetClass,
    listing_exchange: instrument.exchange,
    conid: trade.conid,
    conidEx: String(trade.conid),
    clearing_id: 'IB',
    clearing_name: 'IB',
    liquidation_trade: '0',
    is_event_trading: '0',
  };
}

export const orderReportRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/account/orders', needs: 'accounts', handle: liveOrders },
  { method: 'GET', path: '/iserver/account/order/status/:orderId', needs: 'accounts', handle: orderStatus },
  { method: 'GET', path: '/iserver/account/trades', needs: 'accounts', handle: trades },
];
