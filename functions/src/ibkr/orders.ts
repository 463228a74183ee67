import type { IbkrClient } from './client.ts';

export type Side = 'BUY' | 'SELL';

/** Our codes; `ORDER_TYPES` maps them to IBKR's. */
export type OrderType =
  | 'MKT'
  | 'LMT'
  | 'STP'
  | 'STP_LIMIT'
  | 'MIT'
  | 'LIT'
  | 'TRAIL'
  | 'TRAIL_LIMIT'
  | 'MIDPRICE'
  | 'MOC'
  | 'LOC'
  | 'REL';

export type TimeInForce = 'DAY' | 'GTC' | 'IOC' | 'OPG';

/** An order as IBKR reports it. */
export interface Order {
  orderId: string;
  clientOrderId: string | null;
  accountId: string;
  conid: number;
  symbol: string;
  secType: string;
  side: Side;
  /** One of `OrderType`, or IBKR's own word for a type this program cannot place. */
  orderType: string;
  quantity: number;
  filledQuantity: number;
  remainingQuantity: number;
  limitPrice: number | null;
  stopPrice: number | null;
  averagePrice: number | null;
  tif: string;
  /** IBKR's word: PendingSubmit PreSubmitted Submitted PendingCancel Cancelled Filled Inactive ... */
  status: string;
  /** ISO 8601. */
  lastExecutionTime: string | null;
  description: string | null;
}

/** What to place. Which price belongs to which type is checked before the call. */
export interface OrderTicket {
  conid: number;
  side: Side;
  quantity: number;
  orderType: OrderType;
  tif: TimeInForce;
  /** LMT, STP_LIMIT, LIT, LOC; cap of MIDPRICE. */
  limitPrice?: number;
  /** STP, STP_LIMIT, MIT, LIT (trigger). */
  stopPrice?: number;
  trailingAmount?: number;
  trailingType?: 'amount' | 'percent';
  outsideRth?: boolean;
  /** Unique per 24 h, at most 64 characters; IBKR refuses a second order with the same one. */
  clientOrderId: string;
}

/** IBKR's answer to an order or to a reply: taken, asked about, or refused. */
export type OrderOutcome =
  | { kind: 'accepted'; orderId: string; status: string }
  | { kind: 'question'; replyId: string; messages: string[]; messageIds: string[] }
  | { kind: 'rejected'; reason: string };

export interface LiveOrdersFilter {
  /** IBKR's status words; all when absent. Applied here, never sent: IBKR would keep it for the session. */
  statuses?: readonly string[];
}

/** Today's orders and those still open, of one account (`GET /iserver/account/orders`). */
export declare function getLiveOrders(
  client: IbkrClient,
  accountId: string,
  filter?: LiveOrdersFilter,
): Promise<Order[]>;

/**
 * One order (`GET /iserver/account/order/status/{id}`).
 * @throws {GatewayError} `not_found`.
 */
export declare function getOrderStatus(client: IbkrClient, orderId: string): Promise<Order>;

/**
 * Sends one order, once (`POST /iserver/account/{id}/orders`).
 * @throws {GatewayError} `order_state_unknown` when it was sent and no answer came; `invalid_arguments`.
 */
export declare function placeOrder(
  client: IbkrClient,
  accountId: string,
  ticket: OrderTicket,
): Promise<OrderOutcome>;

/** Answers a question, once and at once: IBKR forgets it on any other order call (`POST /iserver/reply/{id}`). */
export declare function replyToQuestion(
  client: IbkrClient,
  replyId: string,
  confirmed: boolean,
): Promise<OrderOutcome>;

/**
 * Asks IBKR to cancel (`DELETE /iserver/account/{id}/order/{orderId}`). The answer is a receipt, not a result:
 * read the order until it says Cancelled or Filled.
 * @throws {GatewayError} `not_found`, `order_not_cancellable`.
 */
export declare function cancelOrder(
  client: IbkrClient,
  accountId: string,
  orderId: string,
): Promise<{ requested: true; message: string | null }>;
