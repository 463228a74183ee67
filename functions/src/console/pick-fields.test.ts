import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { proposedOrder } from '../contract/orders/intent.ts';
import { storedLimits } from '../contract/rules/limits.ts';
import { orderPreview } from '../contract/tool-outputs/preview.ts';
import { canonicalText, orderText, type ProposedOrder } from '../trading/domain/order.ts';
import { pickFields } from './pick-fields.ts';

/** Adds a field to every object in a value. */
function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withSecrets(field)]);
  return { ...Object.fromEntries(fields), ownerUid: 'secret', __proto__x: { secret: true } };
}

const prices = { limitPrice: 1.5, stopPrice: 1.4 };
const option = {
  conid: 2,
  symbol: 'NVDA',
  secType: 'OPT',
  currency: 'USD',
  priceMagnifier: null,
  exchange: null,
  companyName: null,
  description: 'NVDA 2026-06-19 190 call',
  derivative: {
    expiry: '2026-06-19',
    strike: 190,
    right: 'call',
    multiplier: 100,
    underlyingConid: 1,
    tradingClass: null,
  },
} as const;

/** Between them they have every field that an order can have. */
const ORDERS: ProposedOrder[] = [
  {
    accountId: 'DU1',
    contract: {
      conid: 1,
      symbol: 'VOD',
      secType: 'STK',
      currency: 'GBP',
      priceUnit: 'GBX',
      priceMagnifier: 100,
    },
    ticket: {
      conid: 1,
      side: 'BUY',
      quantity: 10,
      orderType: 'LMT',
      limitPrice: 70,
      tif: 'GTD',
      goodTillDate: '2026-12-01T20:00:00.000Z',
      outsideRth: true,
      exchange: 'LSE',
      takeProfit: { limitPrice: 80 },
      stopLoss: { stopPrice: 60, limitPrice: 59 },
      futuresOperator: { id: 'DU1', isManual: false },
    },
    oca: { conid: 1, side: 'BUY', cashQuantity: 100, orderType: 'STP_LIMIT', tif: 'DAY', ...prices },
    modifies: '77',
    changes: ['tif', 'trail'],
  },
  {
    accountId: 'DU1',
    contract: { ...option, symbol: 'NVDA', secType: 'BAG', legs: [option, { ...option, conid: 3 }] },
    ticket: {
      conid: 28812380,
      side: 'SELL',
      quantity: 1,
      orderType: 'TRAIL',
      trailingAmount: 1,
      trailingPercent: 5,
      tif: 'DAY',
      legs: [
        { conid: 2, ratio: 1 },
        { conid: 3, ratio: -1 },
      ],
    },
  },
];

describe('picked', () => {
  it.each(ORDERS)('takes all of an order, and nothing else, at any depth', (order) => {
    expect(pickFields(proposedOrder, withSecrets(order) as ProposedOrder)).toEqual(order);
    // What the owner says yes to is the hash of this text.
    expect(canonicalText(pickFields(proposedOrder, order))).toBe(orderText(order));
    expect(proposedOrder.parse(order)).toEqual(order);
  });

  it.each([{ amount: 250, currency: 'USD' }, 'unlimited', null] as const)(
    'takes a choice: %j',
    (max_loss) => {
      const preview = {
        max_loss,
        amount: null,
        refusal: 'no',
        position: { current: 1, change: null, after: 2 },
      };
      expect(pickFields(orderPreview, withSecrets(preview) as never)).toEqual(preview);
    },
  );

  it('shows old limits as they are, also those that no longer hold', () => {
    const stored = { assetClasses: ['NONE'], maxOrderValue: -1, symbols: [], former: true };
    const { former: _, ...shown } = stored;
    expect(pickFields(storedLimits, stored)).toEqual(shown);
  });

  const inner = z.strictObject({ id: z.string().nullable(), at: z.string().optional() });
  const schema = z.strictObject({
    name: z.string(),
    one: inner.nullable(),
    many: z.array(inner).readonly().optional(),
    either: z.union([z.literal('none'), inner]),
  });
  const part = fc.record({ id: fc.option(fc.string()), at: fc.string() }, { requiredKeys: ['id'] });
  const whole = fc.record(
    {
      name: fc.string(),
      one: fc.option(part),
      many: fc.array(part),
      either: fc.oneof(fc.constant('none' as const), part),
    },
    { requiredKeys: ['name', 'one', 'either'] },
  );

  it('is what the strict schema takes, whatever is stored besides', () => {
    fc.assert(
      fc.property(whole, (value) => {
        const shown = pickFields(schema, withSecrets(value) as z.output<typeof schema>);
        expect(shown).toEqual(value);
        expect(schema.parse(shown)).toEqual(value);
      }),
    );
  });
});
