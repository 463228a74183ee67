/** An order as it is kept: it is read whole, or not at all. */
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from './intent.ts';
import { intendedOrder, orderText, type ProposedOrder } from './order.ts';

const ORDER: ProposedOrder = {
  accountId: 'DU1',
  contract: { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
  ticket: { conid: 4815747, side: 'BUY', quantity: 1, orderType: 'LMT', limitPrice: 100, tif: 'GTC' },
};
const stored = (order: object) => intendedOrder({ order: JSON.stringify(order) } as OrderIntent);

describe('a stored order', () => {
  it('is the one that was stored', () => {
    const order = { ...ORDER, oca: { ...ORDER.ticket, side: 'SELL' } } as const;
    expect(intendedOrder({ order: orderText(order) } as OrderIntent)).toEqual(order);
  });

  it.each([
    ['a type', { ticket: { ...ORDER.ticket, orderType: 'PEG' } }],
    ['a time in force', { ticket: { ...ORDER.ticket, tif: 'FOREVER' } }],
    ['a side', { ticket: { ...ORDER.ticket, side: 'SHORT' } }],
    ['a price that is a text', { ticket: { ...ORDER.ticket, limitPrice: '100' } }],
    ['a field', { ticket: { ...ORDER.ticket, displaySize: 1 } }],
    ['a field of its other order', { oca: { ...ORDER.ticket, allOrNone: true } }],
  ])('is not read where it has %s that is not known', (_, part) => {
    expect(() => stored({ ...ORDER, ...part })).toThrow();
  });
});
