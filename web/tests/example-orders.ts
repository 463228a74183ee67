import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';

const NVDA = 4815747;

/** An order that an app asked for and that IBKR filled, but for what a test says of it. */
export function askedOrder(life: Partial<Intent> = {}): Intent {
  return {
    id: 'id',
    connectionId: 'connection',
    app: { id: 'key', name: 'Bot', source: 'api_key', label: 'bot' },
    order: {
      accountId: 'DU1234567',
      contract: { conid: NVDA, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
      ticket: { conid: NVDA, side: 'BUY', quantity: 10, orderType: 'MKT', tif: 'DAY' },
    },
    sentence: 'BUY 10 NVDA MKT DAY in DU1234567',
    held: null,
    orderHash: 'a'.repeat(64),
    preview: null,
    state: 'filled',
    approval: { expiresAt: null, by: null, at: null },
    ibkrOrderId: null,
    question: null,
    acceptedWarnings: [],
    notTaken: [],
    filledQuantity: null,
    averagePrice: null,
    reason: null,
    history: [],
    createdAt: '2026-11-20T15:00:00Z',
    updatedAt: '2026-11-20T15:00:00Z',
    ...life,
  };
}

/** A working order of IBKR's list that was entered elsewhere, but for what a test says of it. */
export function liveOrder(order: Partial<LiveOrder> = {}): LiveOrder {
  return {
    order_id: '1',
    order: 'BUY 10 NVDA LMT limit 1 GTC',
    intent_id: null,
    client_order_id: null,
    order_ref: null,
    parent_order_id: null,
    exit: null,
    account_id: 'DU1234567',
    conid: NVDA,
    symbol: 'NVDA',
    security_type: 'STK',
    currency: 'USD',
    price_unit: null,
    side: 'BUY',
    order_type: 'LMT',
    quantity: 10,
    filled_quantity: 0,
    remaining_quantity: 10,
    limit_price: 1,
    stop_price: null,
    trailing_amount: null,
    trailing_percent: null,
    average_price: null,
    tif: 'GTC',
    good_till_date: null,
    outside_rth: null,
    state: 'working',
    status: 'Submitted',
    status_description: null,
    last_execution_time: null,
    ...order,
  };
}
