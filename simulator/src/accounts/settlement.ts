import { instrumentOf } from '../contracts/catalog.ts';
import { futureExpirationTime } from '../contracts/futures-contracts.ts';
import type { Instrument } from '../contracts/instruments.ts';
import { expirationTime } from '../contracts/option-contracts.ts';
import type { Market } from '../market/market.ts';
import { type AccountBook, notional, type Trade } from './account-book.ts';

/** Epoch ms at which an option or future expires. */
function expiresAt(instrument: Instrument): number | undefined {
  const { option } = instrument;
  return option ? expirationTime(option.expiry) : futureExpirationTime(instrument);
}

/**
 * Settles what the account holds of options and futures that have expired, in cash: options at their intrinsic
 * value, futures at their last price.
 * @param nextExecutionId Called once for each execution.
 * @returns whether anything was settled.
 */
export function settleExpired(
  account: AccountBook,
  market: Market,
  now: number,
  nextExecutionId: () => string,
): boolean {
  let isSettled = false;
  for (const position of account.positions.values()) {
    if (position.quantity === 0) continue;
    const instrument = instrumentOf(position.conid);
    const time = instrument && expiresAt(instrument);
    if (!instrument || time === undefined || time > now) continue;
    const price = market.optionValuation(instrument, time)?.price ?? market.last(instrument, time);
    const quantity = Math.abs(position.quantity);
    const side: Trade['side'] = position.quantity > 0 ? 'SELL' : 'BUY';
    const value = notional(instrument, quantity, price);
    account.book(instrument, {
      executionId: nextExecutionId(),
      orderId: 0,
      conid: instrument.conid,
      side,
      quantity,
      price,
      commission: 0,
      netAmount: side === 'SELL' ? value : -value,
      time,
    });
    isSettled = true;
  }
  return isSettled;
}
