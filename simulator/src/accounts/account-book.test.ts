import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../contracts/catalog.ts';
import type { Side } from '../orders/order.ts';
import { AccountBook, commissionFor, notional } from './account-book.ts';
import { toMicros } from './money.ts';

const STOCK = instrumentOf(265598);
const EURO_STOCK = instrumentOf(14204);
const PAIR = instrumentOf(12087792);
if (!STOCK || !EURO_STOCK || !PAIR) throw new Error('instrument missing');

const DEPOSIT = toMicros(1_000_000);

const fills = fc.array(
  fc.record({
    instrument: fc.constantFrom(STOCK, EURO_STOCK),
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    quantity: fc.integer({ min: 1, max: 5_000_000 }).map((units) => units / 10_000),
    price: fc.integer({ min: 1, max: 5_000_000 }).map((cents) => cents / 100),
  }),
  { maxLength: 60 },
);

let execution = 0;
function book(
  account: AccountBook,
  instrument: NonNullable<typeof STOCK>,
  side: Side,
  quantity: number,
  price: number,
): void {
  const value = notional(instrument, quantity, price);
  const commission = commissionFor(instrument, quantity, price);
  account.book(instrument, {
    executionId: String(++execution),
    orderId: 1,
    conid: instrument.conid,
    side,
    quantity,
    price,
    commission,
    netAmount: (side === 'BUY' ? -value : value) - commission,
    time: 0,
  });
}

function newAccount(): AccountBook {
  const account = new AccountBook('DU0000001', 'test', 0);
  account.deposit('USD', DEPOSIT);
  return account;
}

describe('booking fills', () => {
  test('neither makes nor loses money: cash + cost − realized stays, to the millionth', () => {
    fc.assert(
      fc.property(fills, (trades) => {
        const account = newAccount();
        for (const { instrument, side, quantity, price } of trades)
          book(account, instrument, side, quantity, price);
        for (const [currency, deposited] of [
          ['USD', DEPOSIT],
          ['EUR', 0],
        ] as const) {
          const own = [...account.positions.values()].filter(
            ({ conid }) => instrumentOf(conid)?.currency === currency,
          );
          const tied = own.reduce((sum, { cost, realized }) => sum + cost - realized, 0);
          expect((account.cash.get(currency) ?? 0) + tied).toBe(deposited);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('keeps the sum of what was bought and sold, and no cost without a position', () => {
    fc.assert(
      fc.property(fills, (trades) => {
        const account = newAccount();
        for (const { instrument, side, quantity, price } of trades)
          book(account, instrument, side, quantity, price);
        for (const position of account.positions.values()) {
          const units = trades
            .filter(({ instrument }) => instrument.conid === position.conid)
            .reduce(
              (sum, { side, quantity }) => sum + Math.round(quantity * 10_000) * (side === 'BUY' ? 1 : -1),
              0,
            );
          expect(Math.round(position.quantity * 10_000)).toBe(units);
          if (position.quantity === 0) expect(position.cost).toBe(0);
          if (position.quantity > 0) expect(position.cost).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('averages cost over buys, commissions included, and realizes profit on sales', () => {
    const account = newAccount();
    book(account, STOCK, 'BUY', 100, 10);
    book(account, STOCK, 'BUY', 100, 20);
    expect(account.positions.get(STOCK.conid)?.cost).toBe(toMicros(3_002));
    book(account, STOCK, 'SELL', 50, 30);
    expect(account.positions.get(STOCK.conid)).toMatchObject({
      quantity: 150,
      cost: toMicros(2_251.5),
      realized: toMicros(1_499 - 750.5),
    });
  });

  test('turns a long position into a short one in one sale', () => {
    const account = newAccount();
    book(account, STOCK, 'BUY', 100, 10);
    book(account, STOCK, 'SELL', 300, 12);
    const position = account.positions.get(STOCK.conid);
    expect(position?.quantity).toBe(-200);
    expect(position?.cost).toBe(-toMicros(2_399));
    expect(position?.realized).toBe(toMicros(1_199.5 - 1_001));
  });

  test('exchanges currencies instead of opening a position', () => {
    const account = newAccount();
    book(account, PAIR, 'BUY', 10_000, 1.1);
    expect(account.cash.get('EUR')).toBe(toMicros(10_000));
    expect(account.cash.get('USD')).toBe(DEPOSIT - toMicros(11_002));
    expect(account.positions.size).toBe(0);
  });

  test('survives storing', () => {
    const account = newAccount();
    book(account, STOCK, 'BUY', 3, 10);
    const restored = AccountBook.restore(JSON.parse(JSON.stringify(account.store())));
    expect(restored.store()).toEqual(account.store());
  });
});
