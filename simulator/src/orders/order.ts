import type { Micros } from '../accounts/money.ts';
import type { OrderType } from './order-types.ts';

export const TIFS = ['DAY', 'GTC', 'IOC', 'FOK', 'OPG', 'GTD', 'OVT', 'OND'] as const;
export type Tif = (typeof TIFS)[number];

export type Side = 'BUY' | 'SELL';

export type OrderStatus =
  | 'PreSubmitted'
  | 'Submitted'
  | 'PendingCancel'
  | 'Cancelled'
  | 'Filled'
  | 'Inactive';

/** What the client asked for; everything a modification may change is here too. */
export interface OrderTerms {
  /** Of a combo: the one IBKR keeps all combos of a currency under. */
  readonly conid: number;
  readonly legs?: readonly ComboLeg[];
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: Tif;
  readonly quantity: number;
  readonly limitPrice?: number;
  /** Stop or trigger price. */
  readonly stopPrice?: number;
  readonly trailing?: { readonly amount: number; readonly unit: 'amt' | '%' };
  readonly outsideRth: boolean;
  /** Epoch ms at which a `GTD` order ends. */
  readonly goodTill?: number;
  readonly cOID?: string;
  /** The order is placed in money: shown in the order list, the quantity is already derived from it. */
  readonly cashQuantity?: number;
}

/** A change of status that is to come, whatever the market does; tests order such. */
export interface StatusChange {
  /** Epoch ms. */
  readonly at: number;
  readonly status: 'Inactive' | 'Cancelled' | 'Submitted';
  /** Why, in IBKR's words. */
  readonly reason?: string;
}

/** An order and how far it has come. Plain data, kept in the state file as it is. */
export interface Order {
  readonly id: number;
  readonly accountId: string;
  terms: OrderTerms;
  status: OrderStatus;
  /** Reduced when a sibling of the same OCA group fills. */
  quantity: number;
  filled: number;
  /** Sum of price × quantity of the fills. */
  filledValue: Micros;
  commission: Micros;
  readonly parentId?: number;
  readonly ocaGroup?: string;
  /** A stop, touch or trail that has been triggered. */
  triggered: boolean;
  /** Where a trailing stop stands. */
  trailStop?: number;
  /** Distance of a trailing stop limit's limit price from its stop. */
  trailLimitOffset?: number;
  readonly createdAt: number;
  lastFillAt?: number;
  /** Epoch ms at which it was filled or cancelled. */
  endedAt?: number;
  cancelAt?: number;
  /** Epoch ms at which it ends by its time in force. */
  expiresAt: number;
  /** Epoch ms at which it executes, for auctions (MOC, LOC, OPG). */
  executesAt?: number;
  /** Placed by another program of the same user, such as TWS; not through this API. */
  readonly isFromElsewhere?: boolean;
  /** What `order_status_description` says in place of the usual words. */
  reason?: string;
  /** Earliest first. */
  changes?: StatusChange[];
  /** It was `Inactive` once. */
  wasHeld?: boolean;
}

export function isOpen(order: Order): boolean {
  return order.status === 'PreSubmitted' || order.status === 'Submitted' || order.status === 'PendingCancel';
}

/** One leg of a combo; the ratio is negative for a leg that is sold when the combo is bought. */
export interface ComboLeg {
  readonly conid: number;
  readonly ratio: number;
}
