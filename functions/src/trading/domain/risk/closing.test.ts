import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../broker/orders/order-answers.ts';
import { riskInputsOf } from '../../../testing/orders/risk-inputs.ts';
import { newIntent, type OrderIntent } from '../intent.ts';
import { applyReport } from '../reports.ts';
import { EMPTY_LEDGER, type TradingLedger } from '../trading-state.ts';
import { admit } from '../transitions.ts';
import { checkClosing, closingOf } from './closing.ts';
import type { Closing, RiskInputs } from './limit-checks.ts';

const NVDA = 4815747;
const NOW = new Date('2026-03-11T15:00:00Z');
const CONTRACT = { conid: NVDA, symbol: 'NVDA', secType: 'STK', currency: 'USD' };

const side = fc.constantFrom<'BUY' | 'SELL'>('BUY', 'SELL');
const size = fc.integer({ min: 1, max: 200 });

function listed(orderId: string, of: { side: 'BUY' | 'SELL'; quantity: number }): Order {
  return {
    ...{ orderId, clientOrderId: null, parentOrderId: null, accountId: 'DU1', conid: NVDA, symbol: 'NVDA' },
    ...{
      secType: 'STK',
      currency: 'USD',
      orderType: 'LMT',
      filledQuantity: 0,
      limitPrice: 101,
      stopPrice: null,
    },
    ...{ averagePrice: null, tif: 'GTC', status: 'Submitted', lastExecutionTime: null, description: null },
    ...{ statusDescription: null, outsideRth: null, remainingQuantity: of.quantity, ...of },
  };
}

const mayClose = (closing: Closing) => {
  try {
    checkClosing(closing);
    return true;
  } catch {
    return false;
  }
};

describe('what closes a position', () => {
  it('takes no more than is there and nobody else closes', () => {
    const others = fc.array(fc.record({ side, quantity: size, goesFirst: fc.boolean() }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: -300, max: 300 }),
        side,
        size,
        others,
        (held, towards, quantity, open) => {
          const orders = open.map((one, index) => listed(String(index), one));
          const without = open.flatMap(({ goesFirst }, index) => (goesFirst ? [String(index)] : []));
          const ticket = { conid: NVDA, side: towards, quantity, orderType: 'MKT', tif: 'DAY' } as const;
          const holdings = { held: new Map([[NVDA, held]]), unread: [] };
          const look = { orders, unread: [], holdings };
          const position = towards === 'SELL' ? held : -held;
          const taken = open
            .filter((one) => one.side === towards && !one.goesFirst)
            .reduce((sum, one) => sum + one.quantity, 0);
          const closing = closingOf({ contract: CONTRACT, ticket }, look, { changed: null, without });
          expect(mayClose(closing)).toBe(quantity <= Math.max(0, position - taken));
        },
      ),
    );
  });

  it('is refused where IBKR tells of the position in a form that is not understood', () => {
    const ticket = { conid: NVDA, side: 'SELL', quantity: 1, orderType: 'MKT', tif: 'DAY' } as const;
    const unread = [{ at: '0', reason: 'no number', conid: null }];
    const holdings = { held: new Map([[NVDA, 100]]), unread };
    const look = { orders: [], unread: [], holdings };
    expect(mayClose(closingOf({ contract: CONTRACT, ticket }, look, { changed: null, without: [] }))).toBe(
      false,
    );
  });
});

/** What an app asks for that has not seen what others asked for meanwhile. */
function close(id: string, ledger: TradingLedger, closing: Closing): TradingLedger | null {
  const draft: OrderIntent = newIntent({
    ...{ id, connectionId: 'c', ownerUid: 'o', clientOrderId: id, orderHash: id, preview: null, conid: NVDA },
    app: { id: 'key', label: '', name: 'bot', source: 'api_key' },
    order: '{}',
    mode: 'none',
    now: NOW,
  });
  const inputs: RiskInputs = riskInputsOf({
    sales:
      closing.side === 'BUY'
        ? []
        : [
            {
              ...{ conid: NVDA, assetClass: 'STK', quantity: closing.quantity, quantityBefore: 0 },
              ...{ held: closing.held, pending: closing.pending, bought: 0, obligation: 0 },
            },
          ],
    closes: closing,
  });
  try {
    const judged = { inputs: [inputs], limits: { connection: {}, app: {} } };
    const admitted = admit({ ledger, intent: null, stopped: false }, draft, judged, false);
    const state = { ledger: admitted.ledger, intent: admitted.intent, stopped: false };
    const report = {
      state: 'working',
      note: 'IBKR took it',
      ibkrOrderId: id,
      ibkrStatus: 'Submitted',
    } as const;
    return applyReport(state, report, NOW).ledger;
  } catch {
    return null;
  }
}

it('never comes to more than there is, however many closes have seen the same', () => {
  fc.assert(
    fc.property(side, size, fc.array(size, { minLength: 2, maxLength: 6 }), (towards, held, quantities) => {
      let ledger: TradingLedger = EMPTY_LEDGER;
      let closed = 0;
      for (const [index, quantity] of quantities.entries()) {
        const closing = { conid: NVDA, side: towards, quantity, held, pending: 0 };
        const after = close(`close-${index}`, ledger, closing);
        expect(after !== null).toBe(closed + quantity <= held);
        if (after === null) continue;
        closed += quantity;
        ledger = after;
      }
      expect(closed).toBeLessThanOrEqual(held);
    }),
  );
});
