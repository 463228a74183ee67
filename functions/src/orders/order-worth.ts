/** What an order is worth to the limits of its owner. */
import { comboMaxLoss, type OptionLeg, reversed } from '../ibkr/combo.ts';
import type { ComboLeg } from '../ibkr/order-ticket.ts';
import { isOption } from './limit-checks.ts';
import type { OrderedContract, ProposedOrder } from './proposed-order.ts';

/** What the market asks for an instrument or combo, and offers; null where that is not known. */
export interface MarketPrices {
  bid: number | null;
  ask: number | null;
  /** The last price, or the previous close. */
  last: number | null;
}

type Order = Pick<ProposedOrder, 'contract' | 'ticket'>;

/** Units of its price that one of a contract stands for; null where IBKR does not say. */
function multiplierOf({ derivative, legs }: OrderedContract): number | null {
  const [first] = legs ?? [];
  if (first !== undefined) return multiplierOf(first);
  return derivative === undefined ? 1 : derivative.multiplier;
}

/**
 * What an order counts with, in the currency of its contract; null if no price or multiplier is known, or a
 * combo may lose without limit:
 * - price times quantity times multiplier, of a purchase at the worst price that it names or else the market asks, of
 *   a sale at the better of its limit and what the market offers, since a low limit keeps no sale small;
 * - of options that are sold and not held, at least what they oblige to: strike times quantity times multiplier;
 * - of a combo, the larger of its premium and the most it may lose.
 * @param held Of the contract, negative when short.
 */
export function worthOf(order: Order, market: MarketPrices, held: number): number | null {
  const { contract, ticket } = order;
  const { side, quantity } = ticket;
  if (ticket.cashQuantity !== undefined) return ticket.cashQuantity;
  const price = priceOf(ticket, market);
  const multiplier = multiplierOf(contract);
  if (price === null || multiplier === null || quantity === undefined) return null;
  const worth = Math.abs(price) * quantity * multiplier;
  if (ticket.legs !== undefined) {
    const loss = maxLossOf(order, market);
    return typeof loss === 'number' ? Math.max(worth, loss) : null;
  }
  if (side === 'BUY' || !isOption(contract.secType)) return worth;
  const written = Math.max(0, quantity - Math.max(0, held));
  return Math.max(worth, written * (contract.derivative?.strike ?? 0) * multiplier);
}

/** The most a combo may lose, in the currency of its contract; null for what is no combo, or without a price. */
export function maxLossOf({ contract, ticket }: Order, market: MarketPrices): number | 'unlimited' | null {
  if (ticket.legs === undefined) return null;
  const isBought = ticket.side === 'BUY';
  const price = ticket.limitPrice ?? (isBought ? market.ask : market.bid) ?? market.last;
  const legs = optionLegs(ticket.legs, contract.legs ?? []);
  const multiplier = multiplierOf(contract);
  if (price === null || legs === null || multiplier === null || ticket.quantity === undefined) return null;
  const loss = isBought
    ? comboMaxLoss(legs, price, multiplier)
    : comboMaxLoss(reversed(legs), -price, multiplier);
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

function priceOf(
  { side, limitPrice, stopPrice, legs }: ProposedOrder['ticket'],
  market: MarketPrices,
): number | null {
  const named = limitPrice ?? stopPrice ?? null;
  const offered = (side === 'BUY' ? market.ask : market.bid) ?? market.last;
  const fillsFromAbove = side === 'SELL' && stopPrice === undefined && legs === undefined;
  if (named === null || !fillsFromAbove) return named ?? offered;
  return Math.max(named, offered ?? named);
}
