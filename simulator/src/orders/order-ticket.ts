import { pointValueOf } from '../accounts/account-book.ts';
import { type Instrument, isUsListing } from '../contracts/instruments.ts';
import { failureAnswer, Refusal } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import { type Market, tickSize } from '../market/market.ts';
import type { OrderDraft } from '../session/session-state.ts';
import { instrumentOfOrder, lastOf, readCombo } from './combos.ts';
import { type ComboLeg, type OrderTerms, type Side, TIFS, type Tif } from './order.ts';
import { ORDER_TYPES, type OrderType, orderTypeRule } from './order-types.ts';

const MAX_COID_LENGTH = 64;

type Ticket = Readonly<Record<string, unknown>>;
type Prices = Partial<Pick<OrderTerms, 'limitPrice' | 'stopPrice' | 'trailing'>>;

/** IBKR's answer to an order it understands and does not take: HTTP 200 with `{error}`. */
export function rejection(error: string): Refusal {
  return new Refusal({ status: 200, body: { error } });
}

/** What no client should send: HTTP 500 with `{error}`. */
function invalid(error: string): Refusal {
  return failureAnswer(500, error);
}

/**
 * Reads an order ticket.
 * @throws {Refusal} 500 for a ticket that makes no sense, 200 `{error}` for one that is refused.
 */
export function readTicket(body: unknown, market: Market, now: number): OrderDraft {
  const ticket = objectBody(body);
  const contract = contractOfTicket(ticket);
  const { instrument, legs } = contract;
  const type = choice(ticket.orderType, Object.keys(ORDER_TYPES) as OrderType[], 'orderType');
  const side = choice<Side>(ticket.side, ['BUY', 'SELL'], 'side');
  const tif = choice<Tif>(ticket.tif ?? 'DAY', TIFS, 'tif');
  const cOID = textOf(ticket.cOID);
  if (cOID !== undefined && cOID.length > MAX_COID_LENGTH)
    throw invalid(`cOID is longer than ${MAX_COID_LENGTH} characters`);
  const parentCOID = textOf(ticket.parentId);
  if (parentCOID !== undefined && cOID !== undefined) throw invalid('cOID is not allowed on a child order');
  if (instrument.future) checkOperator(ticket.manualIndicator, ticket.extOperator);
  const prices = pricesOf(ticket, type);
  checkPrices(prices, instrument);
  if (legs) checkCombo(legs, type, tif);
  const goodTill = goodTillOf(ticket, tif, now);
  const cashQuantity = numberOf(ticket.cashQty);
  const terms: OrderTerms = {
    conid: instrument.conid,
    ...(legs && { legs }),
    side,
    type,
    tif,
    quantity: quantityOf(ticket, contract, prices, market, now),
    outsideRth: ticket.outsideRTH === true || tif === 'OVT' || tif === 'OND',
    ...prices,
    ...(goodTill === undefined ? {} : { goodTill }),
    ...(cOID === undefined ? {} : { cOID }),
    ...(cashQuantity === undefined ? {} : { cashQuantity }),
  };
  return {
    terms,
    isSingleGroup: ticket.isSingleGroup === true,
    ...(parentCOID === undefined ? {} : { parentCOID }),
  };
}

/** Orders for US futures say who stands behind them (CME rule 536-B), and so does what changes or ends them. */
export function checkOperator(manualIndicator: unknown, extOperator: unknown): void {
  if (!['true', 'false'].includes(String(manualIndicator)) || textOf(extOperator) === undefined) {
    throw rejection('manualIndicator and extOperator are required for US futures.');
  }
}

interface Contract {
  readonly instrument: Instrument;
  readonly legs?: readonly ComboLeg[];
}

function contractOfTicket(ticket: Ticket): Contract {
  const { conid, conidex } = ticket;
  if ((conid === undefined) === (conidex === undefined))
    throw invalid('exactly one of conid and conidex is required');
  const text = textOf(conid ?? conidex) ?? '';
  const legs = readCombo(text);
  const instrument = instrumentOfOrder({ conid: Number(text.split('@')[0]), ...(legs && { legs }) });
  if (!instrument || instrument.assetClass === 'IND')
    throw rejection(`No trading permissions or unknown contract: ${text}`);
  return { instrument, ...(legs && { legs }) };
}

const MAX_LEGS = 6;

function checkCombo(legs: readonly ComboLeg[], type: OrderType, tif: Tif): void {
  if (legs.length > MAX_LEGS) throw rejection(`A combination has at most ${MAX_LEGS} legs.`);
  if (new Set(legs.map(({ conid }) => conid)).size < legs.length)
    throw rejection('Duplicate combination legs.');
  if (type !== 'MKT' && type !== 'LMT')
    throw rejection(`Order type ${type} is not supported for combinations.`);
  if (tif === 'OPG') throw rejection('Time in force OPG is not supported for combinations.');
}

/** `20261224-21:00:00`, UTC. IBKR documents no field for it; this is the one its other APIs have. */
function goodTillOf({ goodTillDate }: Ticket, tif: Tif, now: number): number | undefined {
  if (tif !== 'GTD') return undefined;
  const [, year, month, day, time] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)$/.exec(textOf(goodTillDate) ?? '') ?? [];
  const goodTill = Date.parse(`${year}-${month}-${day}T${time}Z`);
  if (Number.isNaN(goodTill)) throw invalid('goodTillDate is required for GTD');
  if (goodTill <= now) throw rejection('The good till date has passed.');
  return goodTill;
}

function choice<T extends string>(value: unknown, allowed: readonly T[], field: string): T {
  const found = allowed.find((option) => option === value);
  if (found === undefined) throw invalid(`Invalid ${field}: ${textOf(value) ?? 'missing'}`);
  return found;
}

function required(value: number | undefined, field: string, type: OrderType): number {
  if (value === undefined) throw invalid(`${field} is required for ${type}`);
  return value;
}

/** A stop's trigger is in `price`, a stop limit's in `auxPrice`. */
function pricesOf(ticket: Ticket, type: OrderType): Prices {
  const { prices, optional = [], executes } = orderTypeRule(type);
  const trailing = executes === 'trail' && { trailing: trailingOf(ticket, type) };
  const named = (['limitPrice', 'stopPrice'] as const).flatMap((name) => {
    const fields = prices[name];
    if (fields === undefined) return [];
    const price = fields.map((field) => numberOf(ticket[field])).find((value) => value !== undefined);
    if (price === undefined && optional.includes(name)) return [];
    return [[name, required(price, fields[0] ?? name, type)]];
  });
  return { ...trailing, ...Object.fromEntries(named) };
}

function trailingOf(ticket: Ticket, type: OrderType): { amount: number; unit: 'amt' | '%' } {
  const amount = required(numberOf(ticket.trailingAmt), 'trailingAmt', type);
  if (amount <= 0) throw invalid('trailingAmt must be positive');
  return { amount, unit: choice(ticket.trailingType, ['amt', '%'], 'trailingType') };
}

function checkPrices({ limitPrice, stopPrice }: Prices, instrument: Instrument): void {
  for (const price of [limitPrice, stopPrice]) {
    if (price === undefined) continue;
    if (price <= 0 && instrument.assetClass !== 'BAG')
      throw new Refusal({ status: 200, body: failedTicket('The price must be positive.') });
    const steps = price / tickSize(instrument);
    if (Math.abs(steps - Math.round(steps)) > 1e-6) {
      throw rejection('The price does not conform to the minimum price variation for this contract.');
    }
  }
}

/** The other form of a refusal: an acknowledgement whose id is -1. */
function failedTicket(text: string): Record<string, string>[] {
  return [{ order_id: '-1', order_status: 'Failed', text }];
}

/** Shares or units; an amount of money buys whole shares, currency to the cent. */
function quantityOf(
  ticket: Ticket,
  { instrument, ...contract }: Contract,
  prices: Prices,
  market: Market,
  now: number,
): number {
  const cash = numberOf(ticket.cashQty) ?? (ticket.isCcyConv === true ? numberOf(ticket.fxQty) : undefined);
  const quantity = numberOf(ticket.quantity);
  if (cash !== undefined && quantity === undefined) {
    if (['OPT', 'FUT', 'BAG'].includes(instrument.assetClass))
      throw rejection('Cash quantity is not supported for this contract.');
    const quoted = prices.limitPrice ?? lastOf({ conid: instrument.conid, ...contract }, market, now);
    const price = quoted * pointValueOf(instrument);
    const units =
      instrument.assetClass === 'CASH' ? Math.floor((cash / price) * 100) / 100 : Math.floor(cash / price);
    if (units <= 0) throw rejection('The cash quantity is less than the price of one share.');
    return units;
  }
  if (quantity === undefined || quantity <= 0) throw invalid('quantity must be positive');
  const isFractional = quantity !== Math.round(quantity);
  if (isFractional && !isUsListing(instrument) && instrument.assetClass !== 'CASH') {
    throw rejection('Fractional quantities are not supported for this contract.');
  }
  if (quantity !== Math.round(quantity * 10_000) / 10_000)
    throw rejection('The quantity has more than four decimals.');
  return quantity;
}
