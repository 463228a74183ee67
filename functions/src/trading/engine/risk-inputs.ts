/** Gathers what an order is judged by: prices, what is held and what of that others sell, trading hours. */

import { getHoldings } from '../../broker/accounts/holdings.ts';
import { getLedger } from '../../broker/accounts/portfolio.ts';
import { getTradingSchedule } from '../../broker/contracts/trading-schedule.ts';
import { getExchangeRate } from '../../broker/market/exchange-rate.ts';
import { getQuotes, type Quote } from '../../broker/market/market-data.ts';
import { comboQuote } from '../../broker/orders/combo.ts';
import type { Order } from '../../broker/orders/order-answers.ts';
import { exitsOf } from '../../broker/orders/order-ticket.ts';
import { getLiveOrders } from '../../broker/orders/orders.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import type { Limits } from '../../contract/rules/limits.ts';
import type { OrderedContract, ProposedOrder } from '../domain/order.ts';
import { isReduction, ticketBefore } from '../domain/order-changes.ts';
import { isOpen } from '../domain/order-state.ts';
import { type AccountLook, closingOf } from '../domain/risk/closing.ts';
import { baseOfPair, cashHeld, soldByOtherPairs } from '../domain/risk/currency-sales.ts';
import type { RiskInputs, Sale } from '../domain/risk/limit-checks.ts';
import { type MarketPrices, maxLossOf, notionalOf, obligationOf } from '../domain/risk/notional.ts';
import { findShownSales, mayBeSold, pendingTrades, tradedLegs } from '../domain/risk/pending-sales.ts';
import { collaredPrices } from '../domain/risk/price-collar.ts';
import type { TradingLedger } from '../domain/trading-state.ts';

/** The quote that an order is judged by; of a combo, the sum of those of its legs. */
export type JudgingQuote = Pick<Quote, 'last' | 'bid' | 'ask' | 'availability' | 'asOf' | 'halted'>;

/** What the risk inputs of an order depend on besides itself. */
export interface Circumstances {
  /** Of the account; null when IBKR does not tell it. */
  baseCurrency: string | null;
  /** Those in force: what none of them asks about is not looked up. */
  limits: Limits;
  /** Of the connection: read once, and only where the account is looked at, before that. */
  ledger: () => Promise<TradingLedger>;
  /** The working order that the order changes, as IBKR has it. */
  changed: Order | null;
  /** The account as it was looked at already, after the ledger was read; left out: it is looked at where that matters. */
  look?: AccountLook | undefined;
  /** IBKR's ids of orders that are cancelled before this one is sent. */
  without?: readonly string[];
}

/** Orders first: in this order a sale that fills in between counts twice; in the other it would not count at all. */
export async function lookAtAccount(ibkr: IbkrClient, accountId: string): Promise<AccountLook> {
  const listed = await getLiveOrders(ibkr, accountId);
  return { ...listed, holdings: await getHoldings(ibkr, accountId) };
}

/** The account as it was looked at, or as it is now that the ledger has been read. */
async function lookOnce(
  ibkr: IbkrClient,
  accountId: string,
  { ledger, look }: Pick<Circumstances, 'ledger' | 'look'>,
): Promise<AccountLook> {
  if (look !== undefined) return look;
  await ledger();
  return lookAtAccount(ibkr, accountId);
}

export interface GatheredInputs {
  inputs: RiskInputs;
  quote: JudgingQuote;
  /** Of a combo, in its currency. */
  maxLoss: number | 'unlimited' | null;
}

/** The risk inputs that the limits in force ask about, and the notional, which daily totals always need. */
export async function gatherRiskInputs(
  ibkr: IbkrClient,
  order: ProposedOrder,
  circumstances: Circumstances,
): Promise<GatheredInputs> {
  const { accountId, contract, ticket } = order;
  const { baseCurrency, limits, changed, without = [] } = circumstances;
  const look = order.closes === true ? await lookOnce(ibkr, accountId, circumstances) : undefined;
  const { quote, market } = await quoteOf(ibkr, order);
  const rate = baseCurrency === null ? null : await baseRate(ibkr, contract.currency, baseCurrency);
  const inBase = (worth: number | null) => (worth === null || rate === null ? null : worth * rate);
  const { sales, seen } = await salesOf(ibkr, order, market, { ...circumstances, look });
  const now = Date.now();
  const before = changed === null ? null : ticketBefore(order, changed);
  // What a combo traded at last nobody knows: its legs trade apart.
  const last = ticket.legs === undefined ? quote.last : (middleOf(quote) ?? quote.last);
  return {
    quote,
    maxLoss: maxLossOf(order, market),
    inputs: {
      accountId,
      symbol: limitedSymbol(contract),
      listing: { exchange: contract.exchange ?? null, currency: contract.currency },
      assetClasses: (contract.legs ?? [contract]).map(({ secType }) => secType),
      orders: changed === null ? 1 + exitsOf({ ...ticket, clientOrderId: '' }).length : 0,
      isReduction: before !== null && isReduction(order, before),
      sales: sales.map((sale) => ({ ...sale, obligation: sale.obligation * (rate ?? 0) })),
      salesSeen: seen,
      ...(look === undefined ? {} : { closes: closingOf(order, look, { changed, without }) }),
      notional: inBase(notionalOf(order, market)),
      notionalBefore: before === null ? 0 : inBase(notionalOf({ contract, ticket: before }, market)),
      collaredPrices: collaredPrices(ticket, { ...market, marketPrice: marketPriceOf(quote) }, last, before),
      isHalted: quote.halted,
      quoteAgeSeconds: quote.asOf === null ? null : (now - Date.parse(quote.asOf)) / 1000,
      withinRegularHours: limits.regularHoursOnly
        ? ticket.outsideRth !== true && (await isRegularSession(ibkr, tradedConids(order), now))
        : null,
    },
  };
}

/** IBKR may call a currency pair by its first currency alone, which is that of many pairs. */
function limitedSymbol({ symbol, secType, currency }: OrderedContract): string {
  return (secType === 'CASH' && !symbol.includes('.') ? `${symbol}.${currency}` : symbol).toUpperCase();
}

/** The contracts that change hands. */
function tradedConids({ ticket }: ProposedOrder): number[] {
  return tradedLegs(ticket).map(({ conid }) => conid);
}

async function quoteOf(
  ibkr: IbkrClient,
  order: ProposedOrder,
): Promise<{ quote: JudgingQuote; market: MarketPrices }> {
  const quotes = await getQuotes(ibkr, tradedConids(order));
  const [first] = quotes;
  const { legs } = order.ticket;
  const quote =
    legs === undefined && first !== undefined ? first : comboQuote(order.contract.conid, legs ?? [], quotes);
  const { bid, ask, last } = quote;
  const previousClose = legs === undefined ? (first?.previousClose ?? null) : null;
  return { quote, market: { bid, ask, last, previousClose } };
}

/**
 * Where the market is: the last price, unless bid and ask have moved away from it since. Null where nothing is known.
 */
export function marketPriceOf({ last, bid, ask }: Pick<Quote, 'last' | 'bid' | 'ask'>): number | null {
  if (bid === null || ask === null || bid > ask) return last ?? ask ?? bid;
  return last === null ? (bid + ask) / 2 : Math.min(ask, Math.max(bid, last));
}

function middleOf({ bid, ask }: JudgingQuote): number | null {
  return bid === null || ask === null ? null : (bid + ask) / 2;
}

function baseRate(ibkr: IbkrClient, currency: string, baseCurrency: string): number | Promise<number> {
  return currency === baseCurrency ? 1 : getExchangeRate(ibkr, { source: currency, target: baseCurrency });
}

/** What is held is only looked up when a limit turns on it, or the worth of written options. */
async function salesOf(
  ibkr: IbkrClient,
  { accountId, contract, ticket, modifies }: ProposedOrder,
  market: MarketPrices,
  { limits, ledger, changed, look, without = [] }: Circumstances,
): Promise<{ sales: Sale[]; seen: string[] }> {
  const quantity = quantityOf(ticket, market, contract, changed);
  const sold = tradedLegs(ticket).flatMap(({ conid, ratio }, index) => {
    const leg = contract.legs?.[index] ?? contract;
    const isSale = (ticket.side === 'SELL') === ratio > 0;
    // Exits sell what the order buys, and no more than one of them does: the other ends with it.
    const isSoldByExits = !isSale && exitsOf({ ...ticket, clientOrderId: '' }).length > 0;
    if (!isSale && !isSoldByExits) return [];
    return [
      {
        conid,
        assetClass: leg.secType,
        quantity: quantity === null ? null : quantity * Math.abs(ratio),
        quantityBefore: (changed?.remainingQuantity ?? 0) * Math.abs(ratio),
        bought: isSoldByExits ? (quantity ?? 0) : 0,
        // What a combo obliges to is the most that it may lose.
        obligation: ticket.legs === undefined ? obligationOf(leg) : 0,
      },
    ];
  });
  // IBKR leaves the exits of an entry as they are that is changed to buy less.
  const mayLeaveExits =
    changed !== null &&
    ticket.side === 'BUY' &&
    (ticket.quantity ?? 0) < changed.quantity &&
    (limits.shortSelling === false || limits.optionsWriting === false);
  const turnsOnHoldings =
    look !== undefined ||
    limits.shortSelling === false ||
    limits.optionsWriting === false ||
    sold.some(({ obligation }) => obligation > 0);
  if (!mayLeaveExits && (sold.length === 0 || !turnsOnHoldings)) {
    const seen = look === undefined ? [] : findShownSales(await ledger(), look.orders, new Date());
    return { sales: sold.map((sale) => ({ ...sale, held: 0, pending: 0 })), seen };
  }
  const { orders, unread, holdings } = await lookOnce(ibkr, accountId, { ledger, look });
  const exits = mayLeaveExits ? orders.filter((order) => isExitOf(order, changed)) : [];
  if (exits.length > 0) {
    sold.push({
      conid: contract.conid,
      assetClass: contract.secType,
      quantity: Math.max(...exits.map(({ remainingQuantity }) => remainingQuantity)),
      quantityBefore: 0,
      bought: quantity ?? 0,
      obligation: obligationOf(contract),
    });
  }
  const currency = contract.secType === 'CASH' ? baseOfPair(contract.symbol) : null;
  const cashLedger = currency === null ? null : await getLedger(ibkr, accountId);
  const isUnknown = (conid: number) =>
    mayBeSold(unread, conid) || holdings.unread.some((row) => row.conid === null || row.conid === conid);
  const held = (conid: number) =>
    currency === null || cashLedger === null
      ? (holdings.held.get(conid) ?? 0)
      : cashHeld(cashLedger, currency);
  return {
    sales: sold.map((sale) => ({
      ...sale,
      held: isUnknown(sale.conid) ? null : held(sale.conid),
      pending:
        pendingTrades(orders, sale.conid, 'SELL', {
          changed: modifies,
          without: [...without, ...exits.map(({ orderId }) => orderId)],
        }) + (currency === null ? 0 : soldByOtherPairs(orders, currency, sale.conid)),
    })),
    seen: findShownSales(await ledger(), orders, new Date()),
  };
}

function isExitOf({ parentOrderId, status }: Order, entry: Order): boolean {
  const names = [entry.orderId, entry.clientOrderId];
  return parentOrderId !== null && names.includes(parentOrderId) && isOpen(status);
}

/** How much is still to be traded: an amount of money buys and sells more, the lower the price. */
function quantityOf(
  { side, quantity, cashQuantity, limitPrice }: ProposedOrder['ticket'],
  { bid, ask, last, previousClose }: MarketPrices,
  { priceMagnifier = 1 }: OrderedContract,
  changed: Order | null,
): number | null {
  if (quantity !== undefined) return Math.max(0, quantity - (changed?.filledQuantity ?? 0));
  const known = [bid, ask, last].filter((price) => price !== null && price > 0) as number[];
  const lowest = known.length > 0 ? Math.min(...known) : previousClose;
  if (cashQuantity === undefined || priceMagnifier === null || lowest === null || lowest <= 0) return null;
  const price = side === 'SELL' ? Math.max(lowest, limitPrice ?? 0) : lowest;
  return Math.ceil((cashQuantity * priceMagnifier) / price);
}

/** Of all contracts: a combo trades only while all its legs do. */
async function isRegularSession(ibkr: IbkrClient, conids: readonly number[], now: number): Promise<boolean> {
  const schedules = await Promise.all(conids.map((conid) => getTradingSchedule(ibkr, { conid })));
  return schedules.every(({ days }) =>
    days.some(({ regular }) =>
      regular.some(({ open, close }) => Date.parse(open) <= now && now < Date.parse(close)),
    ),
  );
}
