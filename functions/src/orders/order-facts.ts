/** Gathers what an order is judged by: prices, what is held, trading hours. */

import type { IbkrClient } from '../ibkr/client.ts';
import { getContractDetails } from '../ibkr/contract-details.ts';
import { getExchangeRate } from '../ibkr/exchange-rate.ts';
import { getQuotes, type Quote } from '../ibkr/market-data.ts';
import { getPositions } from '../ibkr/portfolio.ts';
import { getTradingSchedule } from '../ibkr/trading-schedule.ts';
import type { OrderFacts } from './limit-checks.ts';
import type { ProposedOrder } from './proposed-order.ts';
import type { Limits } from './trading-rules.ts';

/** Contracts that stand for a multiple of their price. */
const MULTIPLIED = ['OPT', 'FOP', 'FUT', 'WAR', 'BAG'];

/**
 * The facts that the limits in force ask about, and the worth of the order, which daily totals always need.
 * @param baseCurrency Of the account.
 */
export async function gatherFacts(
  ibkr: IbkrClient,
  order: ProposedOrder,
  baseCurrency: string,
  limits: Limits,
): Promise<{ facts: OrderFacts; quote: Quote | null }> {
  const { contract, ticket, accountId } = order;
  const [quote] = await getQuotes(ibkr, [contract.conid]);
  const now = Date.now();
  return {
    quote: quote ?? null,
    facts: {
      symbol: contract.symbol,
      assetClass: ticket.legs === undefined ? contract.secType : 'BAG',
      side: ticket.side,
      quantity: ticket.quantity ?? 0,
      value: await worthOf(ibkr, order, quote, baseCurrency),
      limitPrice: ticket.limitPrice ?? null,
      lastPrice: quote?.last ?? null,
      quoteAgeSeconds: quote?.asOf == null ? null : (now - Date.parse(quote.asOf)) / 1000,
      heldQuantity: await heldOf(ibkr, accountId, contract.conid, ticket.side, limits),
      withinRegularHours: limits.regularHoursOnly
        ? ticket.outsideRth !== true && (await isRegularSession(ibkr, contract.conid, now))
        : null,
    },
  };
}

async function worthOf(
  ibkr: IbkrClient,
  { contract, ticket }: ProposedOrder,
  quote: Quote | undefined,
  baseCurrency: string,
): Promise<number | null> {
  const amount = ticket.cashQuantity ?? amountAt(priceFor(ticket, quote), ticket.quantity);
  if (amount === null) return null;
  const [multiplier, rate] = await Promise.all([
    MULTIPLIED.includes(contract.secType)
      ? getContractDetails(ibkr, contract.conid).then((details) => details.multiplier ?? 1)
      : 1,
    contract.currency === baseCurrency
      ? 1
      : getExchangeRate(ibkr, { source: contract.currency, target: baseCurrency }),
  ]);
  return Math.abs(amount) * multiplier * rate;
}

/** The worst price the order names, or what the market asks. */
function priceFor(ticket: ProposedOrder['ticket'], quote: Quote | undefined): number | null {
  const market = ticket.side === 'BUY' ? quote?.ask : quote?.bid;
  return ticket.limitPrice ?? ticket.stopPrice ?? market ?? quote?.last ?? quote?.previousClose ?? null;
}

function amountAt(price: number | null, quantity: number | undefined): number | null {
  return price === null || quantity === undefined ? null : price * quantity;
}

/** Only looked up when a limit turns on it. */
async function heldOf(
  ibkr: IbkrClient,
  accountId: string,
  conid: number,
  side: 'BUY' | 'SELL',
  limits: Limits,
): Promise<number> {
  const asked = side === 'SELL' && (limits.shortSelling === false || limits.optionsWriting === false);
  if (!asked) return 0;
  const positions = await getPositions(ibkr, accountId);
  return positions.find((position) => position.conid === conid)?.quantity ?? 0;
}

async function isRegularSession(ibkr: IbkrClient, conid: number, now: number): Promise<boolean> {
  const { days } = await getTradingSchedule(ibkr, { conid });
  return days.some(({ regular }) =>
    regular.some(({ open, close }) => Date.parse(open) <= now && now < Date.parse(close)),
  );
}
