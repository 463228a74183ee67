import type { Cash } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import type { DetailedPosition } from '../src/api/positions.ts';

/** @param value In the account's currency, which is its own. */
export function positionOf(symbol: string, value: number | null, assetClass = 'STK'): DetailedPosition {
  return {
    symbol,
    conid: 1,
    name: symbol,
    asset_class: assetClass,
    currency: 'USD',
    quantity: 10,
    average_price: 90,
    market_price: value === null ? null : value / 10,
    market_value: value,
    market_value_in_base: value,
    day_change: 20,
    day_percent: 2,
    unrealized_pnl: 100,
    weight_percent: 10,
  };
}

export function cashOf(total: number | null): Cash {
  return {
    account_id: 'DU1',
    base_currency: 'USD',
    total_in_base: total,
    balances: { columns: [], rows: [] },
  };
}
