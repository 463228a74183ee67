/** What an order is judged by before IBKR sees it, and what is wrong with it. */

import type { Account } from '../accounts/accounts.ts';
import type { ContractOrderRules } from '../contracts/contract-order-rules.ts';
import type { Contract } from '../contracts/contracts.ts';
import type { PriceFault } from '../errors.ts';
import type { OrderType, PriceName, TimeInForce } from '../order-types.ts';
import type { OrderTicket } from './order-ticket.ts';

type OrderSide = OrderTicket['side'];

/** What is known of the contract and the account of an order. */
export interface TicketContext {
  /** `STK`, `OPT`, `FUT`, `CASH`, ...; `BAG` for combos. */
  secType: string;
  currency: string;
  /** Null when IBKR gave none: then only what holds for all contracts is checked. */
  rules: ContractOrderRules | null;
  /** ISO date at which a derivative ends. */
  expiry?: string | null | undefined;
  /** What the legs of a combo are, in their order. */
  legs?: readonly Contract[];
  account: Pick<Account, 'supportsFractions' | 'supportsCashQuantity'>;
  /** Where the market is; exits of an order without a price of its own are measured by it. */
  lastPrice: number | null;
  now: Date;
}

/** What of a ticket can be wrong. */
export type TicketField =
  | 'clientOrderId'
  | 'conid'
  | 'orderType'
  | 'quantity'
  | 'cashQuantity'
  | PriceName
  | 'tif'
  | 'goodTillDate'
  | 'outsideRth'
  | ExitField
  | 'exchange'
  | 'legs';

/** The prices of the exits: `takeProfit.limitPrice`, `stopLoss.stopPrice`, `stopLoss.limitPrice`. */
type ExitField = 'takeProfitPrice' | 'stopLossPrice' | 'stopLossLimitPrice';

/** What is wrong with a field, and what it takes to say what would be right. */
export type TicketFault =
  | PriceFault
  | { is: 'length'; most: number }
  | { is: 'index' | 'us_stocks_only' | 'routed_by_ibkr' | 'quantity_or_amount' | 'not_positive' }
  | { is: 'expired'; expiry: string }
  | { is: 'type_not_taken'; orderType: OrderType; isCombo: boolean; taken: readonly string[] }
  | { is: 'whole_only'; by: 'kind' | 'account' | 'instrument' }
  | { is: 'whole_for_type' | 'no_amount_for_type'; orderType: OrderType; types: readonly string[] }
  | { is: 'decimals'; most: number }
  | { is: 'no_amount'; by: 'kind' | 'account' }
  | { is: 'exits_need_quantity' | 'end_date_needed' | 'past' | 'opening_auction' | 'combo_hours' }
  | { is: 'tif_not_taken'; orderType: OrderType; tif: TimeInForce; taken: readonly TimeInForce[] }
  | { is: 'no_end_date'; tif: TimeInForce }
  | { is: 'regular_hours'; orderType: OrderType; others: readonly string[] }
  | { is: 'percent_range' | 'combo_exits' | 'combo_exchange' | 'same_legs' | 'ratio' | 'common_divisor' }
  | { is: 'off_step'; step: number; nearest: number }
  | { is: 'exit_not_taken'; tif: TimeInForce; orderType: OrderType }
  | { is: 'exit_side'; side: OrderSide; where: 'above' | 'below'; bound: number; hasEntryPrice: boolean }
  | { is: 'limit_before_stop'; stopPrice: number; where: 'above' | 'below' }
  | { is: 'no_combos'; currency: string }
  | { is: 'combo_conid'; conid: number }
  | { is: 'leg_count'; legs: number; least: number; most: number }
  | { is: 'no_option'; symbol: string; conid: number }
  | { is: 'leg_expired'; contract: string }
  | { is: 'several_underlyings' | 'several_multipliers' };

export interface TicketProblem {
  field: TicketField;
  fault: TicketFault;
}
