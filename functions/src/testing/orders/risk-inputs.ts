/** Test support: the risk inputs of an order for 1 NVDA at 100 USD, but for what a test says. */
import type { OrderIntent } from '../../trading/domain/intent.ts';
import type { RiskInputs, Sale } from '../../trading/domain/risk/limit-checks.ts';
import type { Approval } from '../../trading/engine/submit.ts';

export function riskInputsOf(more: Partial<RiskInputs> = {}): RiskInputs {
  return {
    accountId: 'DU1',
    symbol: 'NVDA',
    assetClasses: ['STK'],
    orders: 1,
    isReduction: false,
    sales: [],
    salesSeen: [],
    notional: 100,
    notionalBefore: 0,
    collaredPrices: [],
    quoteAgeSeconds: 0,
    isHalted: false,
    withinRegularHours: true,
    ...more,
  };
}

/** A sale of as many shares. */
export function saleOf(quantity: number | null, more: Partial<Sale> = {}): Sale {
  return {
    conid: 4815747,
    assetClass: 'STK',
    quantity,
    quantityBefore: 0,
    held: 0,
    bought: 0,
    pending: 0,
    obligation: 0,
    ...more,
  };
}

export function yesTo({ id }: OrderIntent, by = 'owner'): Approval {
  return { intentId: id, by, inputs: [riskInputsOf()] };
}
