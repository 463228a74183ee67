/** What the console's API answers, as far as the pages read it. Times are ISO 8601. */

export interface Connection {
  id: string;
  kind: 'sandbox' | 'gateway' | 'oauth';
  mode: 'paper' | 'live';
  label: string;
  /** Absent fields do not limit; `trading: false` refuses every order. */
  limits: { trading?: boolean };
  approval: ApprovalMode | null;
}

/** Who has to say yes to an order. */
export type ApprovalMode = 'none' | 'model' | 'owner';

export type IntentState =
  | 'awaiting_approval'
  | 'sending'
  | 'needs_reply'
  | 'working'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'unknown'
  | 'not_placed';

export interface Warning {
  id: string | null;
  text: string;
}

/** An order that somebody asked for, and what became of it. */
export interface Intent {
  id: string;
  connectionId: string;
  app: { name: string; source: string };
  order: Order;
  /** SHA-256 of the order: a yes counts for the order of this hash and no other. */
  orderHash: string;
  preview: Preview | null;
  state: IntentState;
  approval: { expiresAt: string | null; by: string | null; at: string | null };
  /** What IBKR asks before it takes the order. */
  question: { warnings: Warning[] } | null;
  acceptedWarnings: Warning[];
  filledQuantity: number | null;
  averagePrice: number | null;
  reason: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface Order {
  accountId: string;
  contract: { conid: number; symbol: string; secType: string; currency: string };
  ticket: Ticket;
}

export interface Ticket {
  side: 'BUY' | 'SELL';
  /** Exactly one of the two; `cashQuantity` is money of the contract's currency. */
  quantity?: number;
  cashQuantity?: number;
  orderType: string;
  limitPrice?: number;
  stopPrice?: number;
  trailingAmount?: number;
  /** 5 is 5 %. */
  trailingPercent?: number;
  tif: string;
  goodTillDate?: string;
  outsideRth?: boolean;
  takeProfit?: { limitPrice: number };
  stopLoss?: { stopPrice: number; limitPrice?: number };
  /** Of a combo, for one combo bought; a negative ratio sells. */
  legs?: { conid: number; ratio: number }[];
}

interface Money {
  amount: number;
  currency: string | null;
}

export interface Change {
  current: number | null;
  after: number | null;
}

/** What IBKR said of the order's cost when it was asked for. */
export interface Preview {
  amount: Money | null;
  commission: Money | null;
  total: Money | null;
  /** Of the margins. */
  currency: string | null;
  initial_margin: Change;
  maintenance_margin: Change;
  warnings: Warning[];
  quote: Quote | null;
}

export interface Quote {
  last: number | null;
  bid: number | null;
  ask: number | null;
  availability: string;
  as_of: string | null;
}

/** What a stop did. */
export interface PanicReport {
  revokedKeys: number;
  /** Orders that IBKR was asked to cancel. */
  cancelling: { orderId: string }[];
  failed: { orderId: string; reason: string }[];
  /** Why the orders could not even be listed. */
  unlisted: string | null;
  /** Whether the gateway goes on with it by itself. */
  retrying: boolean;
}
