/** What an order is judged by before IBKR sees it, and how a problem of it is told. */

import type { Account } from '../accounts/accounts.ts';
import type { ContractOrderRules } from '../contracts/contract-order-rules.ts';
import type { Contract } from '../contracts/contracts.ts';

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

export type OrderField =
  | 'client_order_id'
  | 'conid'
  | 'order_type'
  | 'quantity'
  | 'cash_quantity'
  | 'limit_price'
  | 'stop_price'
  | 'trailing_amount'
  | 'trailing_percent'
  | 'tif'
  | 'good_till_date'
  | 'outside_rth'
  | 'take_profit_price'
  | 'stop_loss_price'
  | 'stop_loss_limit_price'
  | 'exchange'
  | 'legs';

export interface OrderProblem {
  field: OrderField;
  /** What is wrong, as a sentence. */
  problem: string;
  /** What would be right, as a phrase. */
  accepted: string;
}
