/** Gathers what an order is judged by: prices, what is held, trading hours. */

import type { IbkrClient } from '../ibkr/client.ts';
import { comboQuote } from '../ibkr/combo.ts';
import { getExchangeRate } from '../ibkr/exchange-rate.ts';
import { getQuotes, type Quote } from '../ibkr/market-data.ts';
import { getPositions } from '../ibkr/portfolio.ts';
import { getTradingSchedule } from '../ibkr/trading-schedule.ts';
import { isOption, type OrderFacts, type Sale } from './limit-checks.ts';
import { type MarketPrices, maxLossOf, worthOf } from './order-worth.ts';
import type { ProposedOrder } from './proposed-order.ts';
import type { Limits } from './trading-rules.ts';

/** The quote that an order is judged by; of a combo, the sum of those of its legs. */
export type JudgingQuote = Pick<Quote, 'last' | 'bid' | 'ask' | 'availability' | 'asOf'>;

export interface GatheredFacts {
  facts: OrderFacts;
  quote: JudgingQuote;
  /** Of a combo, in its currency. */
  maxLoss: number | 'unlimited' | null;
  /** What the order would be worth with another ticket, in the account's base currency. */
  valueWith(ticket: ProposedOrder['ticket']): number | null;
}

/**
 * The facts that the limits in force ask about, and the worth of the order, which daily totals always need.
 * @param baseCurrency Of the account.
 */
export async function gatherFacts(
  ibkr: IbkrClient,
  order: ProposedOrder,
  baseCurrency: string,
  limits: Limits,
): Promise<GatheredFacts> {
  const { contract, ticket } = order;
  const { quote, market } = await quoteOf(ibkr, order);
  const sales = await salesOf(ibkr, order, limits);
  const rate = await baseRate(ibkr, contract.currency, baseCurrency);
  const valueWith = (other: ProposedOrder['ticket']) => {
    const worth = worthOf({ contract, ticket: other }, market, sales[0]?.held ?? 0);
    return worth === null ? null : worth * rate;
  };
  const now = Date.now();
  return {
    quote,
    maxLoss: maxLossOf(order, market),
    valueWith,
    facts: {
      symbol: contract.symbol,
      assetClasses: (contract.legs ?? [contract]).map(({ secType }) => secType),
      sales,
      value: valueWith(ticket),
      limitPrice: ticket.limitPrice ?? null,
      // What a combo traded at last nobody knows: its legs trade apart.
      lastPrice: ticket.legs === undefined ? quote.last : (middleOf(quote) ?? quote.last),
      quoteAgeSeconds: quote.asOf === null ? null : (now - Date.parse(quote.asOf)) / 1000,
      withinRegularHours: limits.regularHoursOnly
        ? ticket.outsideRth !== true && (await isRegularSession(ibkr, tradedConids(order), now))
        : null,
    },
  };
}

/** The contracts that change hands. */
function tradedConids({ contract, ticket }: ProposedOrder): number[] {
  return ticket.legs?.map(({ conid }) => conid) ?? [contract.conid];
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
  return {
    quote,
    market: { bid, ask, last: last ?? (legs === undefined ? (first?.previousClose ?? null) : null) },
  };
}

function middleOf({ bid, ask }: JudgingQuote): number | null {
  return bid === null || ask === null ? null : (bid + ask) / 2;
}

function baseRate(ibkr: IbkrClient, currency: string, baseCurrency: string): number | Promise<number> {
  return currency === baseCurrency ? 1 : getExchangeRate(ibkr, { source: currency, target: baseCurrency });
}

/** What is held is only looked up when a limit turns on it, or the worth of written options. */
async function salesOf(ibkr: IbkrClient, order: ProposedOrder, limits: Limits): Promise<Sale[]> {
  const { accountId, contract, ticket } = order;
  const quantity = ticket.quantity ?? 0;
  const traded = ticket.legs ?? [{ conid: contract.conid, ratio: 1 }];
  const sold = traded.flatMap(({ conid, ratio }, index) => {
    const assetClass = (contract.legs?.[index] ?? contract).secType;
    const isSold = (ticket.side === 'SELL') === ratio > 0;
    return isSold ? [{ conid, assetClass, quantity: quantity * Math.abs(ratio) }] : [];
  });
  const turnsOnHoldings =
    limits.shortSelling === false ||
    limits.optionsWriting === false ||
    sold.some(({ assetClass }) => isOption(assetClass));
  const positions = sold.length > 0 && turnsOnHoldings ? await getPositions(ibkr, accountId) : [];
  return sold.map(({ conid, ...sale }) => ({
    ...sale,
    held: positions.find((position) => position.conid === conid)?.quantity ?? 0,
  }));
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
