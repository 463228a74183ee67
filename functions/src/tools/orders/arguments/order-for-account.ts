/** What tools that propose an order hand on. */

import type { Account } from '../../../broker/accounts/accounts.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ProposedOrder } from '../../../trading/domain/order.ts';

/** An order, and the account it is for. */
export interface OrderForAccount {
  order: ProposedOrder;
  account: Account;
  /** The working order that it changes, as IBKR has it. */
  changed?: Order;
}
