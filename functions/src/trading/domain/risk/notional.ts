/** What an order is worth to the limits of its owner. */

import { isOption } from '../../../broker/contracts/derivative.ts';
import { type ComboLeg, comboMaxLoss, type OptionLeg, reverseLegs } from '../../../broker/orders/combo.ts';
import type { OrderedContract, ProposedOrder } from '../order.ts';

/** What the market asks for an instrument or combo, and offers; null where that is not known. */
export interface MarketPrices {
  bid: number | null;
  ask: number | null;
  last: number | null;
  /** Where nothing else is known. */
  previousClose: number | null;
}

type Order = Pick<ProposedOrder, 'contract' | 'ticket'>;

/**
 * Bonds are quoted in percent of their face value and counted in 1,000 of it, so that 10 of them at 99.5 are 9,950.
 * IBKR documents neither for this API; were they counted in single units, this would err upwards.
 */
const BOND_UNITS = 10;

/** Money of its currency that one of a contract stands for at a price of 1; null where IBKR does not say. */
function unitsOf(contract: OrderedContract): number | null {
  const { derivative, legs, secType, priceMagnifier } = contract;
  const [first] = legs ?? [];
  if (first !== undefined) return unitsOf(first);
  // Where it is not known whether prices are in hundredths, they count as what is more.
  const magnifier = priceMagnifier ?? 1;
  if (secType === 'BOND' || secType === 'BILL') return BOND_UNITS / magnifier;
  if (derivative === undefined) return 1 / magnifier;
  if (derivative.multiplier === null) return null;
  // A warrant is priced by the piece: what IBKR calls its multiplier may be how little of the underlying it stands for.
  const isWarrant = secType === 'WAR' || secType === 'IOPT';
  return (isWarrant ? Math.max(1, derivative.multiplier) : derivative.multiplier) / magnifier;
}

/**
 * What an order counts with, in the currency of its contract; null if no price or multiplier is known, or a combo may
 * lose without limit:
 * - price times quantity times `unitsOf` the contract: of a purchase with a limit at that, of every other order at the
 *   greatest of the prices that it names and what the market offers, since neither a trigger nor the limit of a sale
 *   keeps it small;
 * - of a combo, the larger of its premium and the most it may lose;
 * - with exits, whichever is worth most: they close what the order opens.
 */
export function notionalOf(order: Order, market: MarketPrices): number | null {
  const { contract, ticket } = order;
  const { quantity } = ticket;
  if (ticket.cashQuantity !== undefined) return ticket.cashQuantity;
  const price = priceOf(ticket, market);
  const units = unitsOf(contract);
  if (price === null || units === null || quantity === undefined) return null;
  const worth = Math.max(Math.abs(price), ...exitPrices(ticket)) * quantity * units;
  if (ticket.legs === undefined) return worth;
  const loss = maxLossOf(order, market);
  return typeof loss === 'number' ? Math.max(worth, loss) : null;
}

/** What one option obliges to that is sold and not held: strike times multiplier; 0 for everything else. */
export function obligationOf(contract: OrderedContract): number {
  return isOption(contract.secType) ? (contract.derivative?.strike ?? 0) * (unitsOf(contract) ?? 0) : 0;
}

/** The most a combo may lose, in the currency of its contract; null for what is no combo, or without a price. */
export function maxLossOf({ contract, ticket }: Order, market: MarketPrices): number | 'unlimited' | null {
  if (ticket.legs === undefined) return null;
  const isBought = ticket.side === 'BUY';
  const price = ticket.limitPrice ?? comboPrice(ticket.side, market);
  const legs = optionLegs(ticket.legs, contract.legs ?? []);
  const units = unitsOf(contract);
  if (price === null || legs === null || units === null || ticket.quantity === undefined) return null;
  const loss = isBought ? comboMaxLoss(legs, price, units) : comboMaxLoss(reverseLegs(legs), -price, units);
  return loss === null ? 'unlimited' : loss * ticket.quantity;
}

/** Null if IBKR did not tell enough of a leg. */
function optionLegs(legs: readonly ComboLeg[], contracts: readonly OrderedContract[]): OptionLeg[] | null {
  const options = legs.map(({ ratio }, index) => {
    const { right, strike, expiry } = contracts[index]?.derivative ?? {};
    return right == null || strike == null || expiry == null ? null : { right, strike, expiry, ratio };
  });
  return options.every((option) => option !== null) ? options : null;
}

function priceOf(ticket: ProposedOrder['ticket'], market: MarketPrices): number | null {
  const { side, limitPrice, stopPrice, legs } = ticket;
  if (side === 'BUY' && limitPrice !== undefined) return limitPrice;
  const traded = legs === undefined ? furthestOf(market) : comboPrice(side, market);
  if (legs !== undefined) return limitPrice === undefined ? traded : furthest(limitPrice, traded ?? 0);
  if (traded === null) return null;
  return [trailPrice(ticket, traded), limitPrice ?? traded, stopPrice ?? traded].reduce(furthest);
}

/**
 * The most that a trade may move, of all that is known: one side of a market may be missing or crossed. Nobody bids
 * more than an instrument is worth, so a bid alone says less than the previous close.
 */
function furthestOf({ bid, ask, last, previousClose }: MarketPrices): number | null {
  const known = [bid, ask, last].filter((price) => price !== null && price !== 0);
  const prices = ask === null && last === null ? [...known, previousClose] : known;
  return prices.reduce<number | null>(
    (most, price) => (most === null || price === null ? (most ?? price) : furthest(most, price)),
    null,
  );
}

/** The worst that the legs of a combo trade at together: their last prices are of different times. */
function comboPrice(side: 'BUY' | 'SELL', { bid, ask, last }: MarketPrices): number | null {
  const quoted = [bid, ask].filter((price) => price !== null);
  if ((side === 'BUY' ? ask : bid) === null) return last;
  return side === 'BUY' ? Math.max(...quoted) : Math.min(...quoted);
}

/** The most at which an order that follows the market is set off: a purchase above it, a sale below. */
function trailPrice(
  { side, trailingAmount, trailingPercent }: ProposedOrder['ticket'],
  offered: number,
): number {
  if (side === 'SELL') return offered;
  return offered + (trailingAmount ?? 0) + (offered * (trailingPercent ?? 0)) / 100;
}

/** The price that moves more money: that of a combo or a future may be below 0. */
function furthest(one: number, other: number): number {
  return Math.abs(one) >= Math.abs(other) ? one : other;
}

function exitPrices({ takeProfit, stopLoss }: ProposedOrder['ticket']): number[] {
  return [takeProfit?.limitPrice, stopLoss?.stopPrice, stopLoss?.limitPrice].filter(
    (price) => price !== undefined,
  );
}
