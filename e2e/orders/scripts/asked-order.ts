/** What a scripted order is called with, and what IBKR has to have of it then: worked out here, not by the service. */
import { INSTRUMENTS, instrumentOf, roundedPrice } from './instruments.ts';
import type { OrderForm, ScriptedOrder } from './order-script.ts';

/** Arguments of `place_order`, but for the account and the name. */
export type OrderArguments = Readonly<Record<string, unknown>>;

/** Options on AAPL of one expiry, by rising strike. */
export type Options = readonly { conid: number; strike: number }[];

/** Differs for every order of a script. */
export function quantityOf(order: number): number {
  return order + 1;
}

/** Differs for every step of a script as well. */
export function changedQuantity(asked: OrderArguments, order: number, position: number): number {
  return Math.floor(Number(asked.quantity ?? quantityOf(order))) + 10 * (position + 1);
}

/** What else a change may be of: a limit price so many percent from the market, how far it trails, until when it is open. */
export function changedTerms(
  scripted: ScriptedOrder,
  { trailing_amount, trailing_percent, good_till_date }: OrderArguments,
  by: number,
): Record<string, unknown> {
  if (scripted.options !== 'none') return {};
  if (scripted.form === 'trail by amount') return { trailing_amount: Number(trailing_amount) + by };
  if (scripted.form === 'trail by percent') return { trailing_percent: Number(trailing_percent) + by };
  if (good_till_date !== undefined) {
    const date = new Date(Date.parse(String(good_till_date)) + by * 3_600_000);
    return { tif: 'GTD', good_till_date: date.toISOString() };
  }
  return scripted.form.endsWith('limit') ? { limit_price: priceAt(scripted, -by) } : {};
}

/** Which order of a script has this quantity or amount, at first or after a change. */
export function orderWith(size: number): number {
  return (Math.floor(size) % 10) - 1;
}

/** A price worse for the order than the first one of its instrument by so many percent; better if negative. */
function priceAt({ symbol, side }: Pick<ScriptedOrder, 'symbol' | 'side'>, percent: number): number {
  const worse = side === 'BUY' ? percent : -percent;
  return roundedPrice((INSTRUMENTS[symbol]?.price ?? 0) * (1 + worse / 100));
}

/** How far a trailing order follows. */
const TRAILING = { amount: 7, percent: 5 };
/** What is spent or raised by an order for an amount of money, before its own digit. */
const CASH = 1_000;
const LARGE = 80;
/** With a large one it is more than any account has. */
const LARGE_CASH = 9_000;

export function askedOrder(
  scripted: ScriptedOrder,
  order: number,
  options: Options,
  now: Date,
): OrderArguments {
  const { symbol, side, form, size, tif, outsideRth } = scripted;
  if (scripted.options !== 'none') return askedOptions(scripted, order, options);
  const amount = {
    whole: { quantity: quantityOf(order) },
    // Two of them are more than every account has of some instruments.
    large: { quantity: LARGE + quantityOf(order) },
    fraction: { quantity: quantityOf(order) + 0.5 },
    cash: { cash_quantity: CASH + quantityOf(order) },
    'large cash': { cash_quantity: LARGE_CASH + quantityOf(order) },
  }[size];
  return {
    ...(INSTRUMENTS[symbol]?.isUsStock ? { symbol } : { conid: INSTRUMENTS[symbol]?.conid }),
    side,
    ...amount,
    ...pricesOf(form, scripted),
    ...(tif === 'DAY' ? {} : { tif }),
    ...(tif === 'GTD' ? { good_till_date: goodTill(now) } : {}),
    ...(outsideRth ? { outside_rth: true } : {}),
    ...exitsOf(scripted),
    ...(scripted.oca ? { oca: otherOf(scripted) } : {}),
  };
}

/** Whole minutes, so that every call of a script names the same. */
function goodTill(now: Date): string {
  return new Date(Math.ceil(now.getTime() / 60_000) * 60_000 + 86_400_000).toISOString();
}

function pricesOf(form: OrderForm, scripted: ScriptedOrder): Record<string, unknown> {
  const at = (percent: number) => priceAt(scripted, percent);
  switch (form) {
    case 'market':
      return { order_type: 'MKT' };
    case 'near limit':
      return { order_type: 'LMT', limit_price: at(1) };
    case 'resting limit':
      // So near still that IBKR asks nothing.
      return { order_type: 'LMT', limit_price: at(-2) };
    case 'far limit':
      return { order_type: 'LMT', limit_price: at(-40) };
    case 'stop':
      return { order_type: 'STP', stop_price: at(20) };
    case 'stop limit':
      return { order_type: 'STP_LIMIT', stop_price: at(5), limit_price: at(6) };
    case 'market if touched':
      return { order_type: 'MIT', stop_price: at(-5) };
    case 'limit if touched':
      return { order_type: 'LIT', stop_price: at(-5), limit_price: at(-4) };
    case 'trail by amount':
      return { order_type: 'TRAIL', trailing_amount: TRAILING.amount };
    case 'trail by percent':
      return { order_type: 'TRAIL', trailing_percent: TRAILING.percent };
    case 'trail limit':
      return {
        order_type: 'TRAIL_LIMIT',
        trailing_amount: TRAILING.amount,
        stop_price: at(3),
        limit_price: at(4),
      };
    case 'midprice':
      return { order_type: 'MIDPRICE', limit_price: at(1) };
    case 'limit on close':
      return { order_type: 'LOC', limit_price: at(-1) };
    case 'market on close':
      return { order_type: 'MOC' };
    default:
      throw new Error(`No prices of ${form}.`);
  }
}

/** On their sides of every entry, however far that is from the market. */
function exitsOf(scripted: ScriptedOrder): Record<string, number> {
  const { exits } = scripted;
  if (exits === 'none') return {};
  const profit = { take_profit_price: priceAt(scripted, 30) };
  const loss = { stop_loss_price: priceAt(scripted, -50) };
  if (exits === 'profit') return profit;
  if (exits === 'loss') return loss;
  return {
    ...profit,
    ...loss,
    ...(exits === 'both' ? {} : { stop_loss_limit_price: priceAt(scripted, -60) }),
  };
}

function otherOf(scripted: ScriptedOrder): Record<string, unknown> {
  return scripted.form.startsWith('stop') || scripted.form.startsWith('trail')
    ? { order_type: 'LMT', limit_price: priceAt(scripted, -10) }
    : { order_type: 'STP', stop_price: priceAt(scripted, 15) };
}

function askedOptions(
  { form, side, options: kind }: ScriptedOrder,
  order: number,
  options: Options,
): OrderArguments {
  const [low, high] = options;
  if (low === undefined || high === undefined) throw new Error('There are no options.');
  const isMarket = form === 'market';
  const quantity = quantityOf(order);
  if (kind === 'single') {
    return {
      conid: low.conid,
      side,
      quantity,
      ...(isMarket ? { order_type: 'MKT' } : { order_type: 'LMT', limit_price: side === 'BUY' ? 0.05 : 90 }),
    };
  }
  const legs = [
    { conid: low.conid, side: 'BUY' },
    { conid: high.conid, side: 'SELL' },
  ];
  return { legs, quantity, ...(isMarket ? { order_type: 'MKT' } : { order_type: 'LMT', limit_price: 0.05 }) };
}

/** An order as the simulator tells it. */
export interface ExpectedTerms {
  conid: number | null;
  legs: { conid: number; ratio: number }[] | null;
  side: string;
  orderType: string;
  tif: string;
  goodTillDate: string | null;
  outsideRth: boolean;
  cashQty: number | null;
  limitPrice: number | null;
  stopPrice: number | null;
  trailing: { amount: number; unit: string } | null;
}

const WIRE_TYPES: Readonly<Record<string, string>> = { STP_LIMIT: 'STOP_LIMIT', TRAIL_LIMIT: 'TRAILLMT' };
const TAKES_OUTSIDE = ['LMT', 'STP_LIMIT', 'LIT', 'TRAIL_LIMIT'];

export function expectedTerms(asked: OrderArguments): ExpectedTerms {
  const legs = asked.legs as { conid: number; side: string }[] | undefined;
  return {
    conid: legs === undefined ? Number(asked.conid ?? instrumentOf(asked)?.conid) : null,
    legs: legs?.map(({ conid, side }) => ({ conid, ratio: side === 'BUY' ? 1 : -1 })) ?? null,
    side: String(asked.side ?? 'BUY'),
    tif: String(asked.tif ?? 'DAY'),
    goodTillDate: asked.good_till_date === undefined ? null : String(asked.good_till_date),
    outsideRth: asked.outside_rth === true,
    cashQty: numberOf(asked.cash_quantity),
    ...expectedPrices(asked),
  };
}

function expectedPrices(asked: OrderArguments) {
  const type = String(asked.order_type);
  const { trailing_amount: amount, trailing_percent: percent } = asked;
  return {
    orderType: WIRE_TYPES[type] ?? type,
    limitPrice: numberOf(asked.limit_price),
    stopPrice: numberOf(asked.stop_price),
    trailing:
      amount === undefined && percent === undefined
        ? null
        : { amount: Number(amount ?? percent), unit: amount === undefined ? '%' : 'amt' },
  };
}

/** The exits of an order: the other side, open as long as it, or until tonight where it is over at once. */
export function expectedExits(asked: OrderArguments): ExpectedTerms[] {
  const entry = expectedTerms(asked);
  const { take_profit_price: profit, stop_loss_price: loss, stop_loss_limit_price: lossLimit } = asked;
  const exits = [
    ...(profit === undefined ? [] : [{ order_type: 'LMT', limit_price: profit }]),
    ...(loss === undefined
      ? []
      : [
          {
            order_type: lossLimit === undefined ? 'STP' : 'STP_LIMIT',
            stop_price: loss,
            limit_price: lossLimit,
          },
        ]),
  ];
  return exits.map((exit) => ({
    ...entry,
    side: entry.side === 'BUY' ? 'SELL' : 'BUY',
    tif: ['IOC', 'FOK', 'OPG'].includes(entry.tif) ? 'DAY' : entry.tif,
    outsideRth: entry.outsideRth && TAKES_OUTSIDE.includes(exit.order_type),
    ...expectedPrices(exit),
  }));
}

/** The other order of a pair; null where there is none. */
export function expectedOther(asked: OrderArguments): ExpectedTerms | null {
  if (asked.oca === undefined) return null;
  const other = asked.oca as OrderArguments;
  const first = expectedTerms(asked);
  const outsideRth = first.outsideRth && TAKES_OUTSIDE.includes(String(other.order_type));
  return { ...first, outsideRth, ...expectedPrices(other) };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
