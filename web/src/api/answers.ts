/** What the console's API answers, as far as the pages read it. Times are ISO 8601. */

export interface Connection {
  id: string;
  kind: 'sandbox' | 'gateway' | 'oauth';
  mode: 'paper' | 'live';
  label: string;
  limits: Limits;
  /** Null: what is usual for the mode and the kind of app. */
  approval: ApprovalMode | null;
  /** The account that calls mean which name none; null: none of several is chosen. */
  currentAccountId: string | null;
  /** Whether the brokerage session may be taken from TWS or mobile. */
  allowTakeover: boolean;
  /** Message ids of IBKR's warnings that need no yes. */
  acceptedWarnings: string[];
  /** The stop that is in force, if one is. */
  panic: {
    since: string;
    retrying: boolean;
    /** Orders that may still fill; null while that is not known of every account. */
    remaining: number | null;
    /** Accounts whose orders could not be listed yet; null while the accounts are not known. */
    accountsLeft: number | null;
  } | null;
  session: SessionStatus;
  /** The endings of its account numbers, such as `••••567`; none before the first session. */
  accounts: string[];
  /** When an app last called. */
  lastUsedAt: string | null;
  createdAt: string;
}

/** How a connection's session stood when it was last looked after. */
export interface SessionStatus {
  state:
    | 'connected'
    | 'idle'
    | 'unused'
    | 'signed_out'
    | 'held_elsewhere'
    | 'credentials_rejected'
    | 'wrong_mode'
    | 'paused'
    | 'unavailable';
  since: string | null;
  until: string | null;
}

/** What an owner allows. Absent fields do not limit; money is in the account's base currency. */
export interface Limits {
  /** False refuses every order. */
  trading?: boolean;
  maxOrderValue?: number;
  maxDailyValue?: number;
  maxDailyOrders?: number;
  symbols?: string[];
  /** IBKR's codes, such as STK. */
  assetClasses?: string[];
  shortSelling?: boolean;
  optionsWriting?: boolean;
  priceCollarPercent?: number;
  maxQuoteAgeSeconds?: number;
  regularHoursOnly?: boolean;
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
  /** `label`: the name of its key, or of the app; empty for orders of before there were labels. */
  app: { name: string; source: string; label: string };
  order: Order;
  /** SHA-256 of the order: a yes counts for the order of this hash and no other. */
  orderHash: string;
  preview: Preview | null;
  state: IntentState;
  approval: { expiresAt: string | null; by: string | null; at: string | null };
  /** As IBKR lists it; of an OCA pair, the first of the two. */
  ibkrOrderId: string | null;
  /** What IBKR asks before it takes the order. */
  question: { replyId: string; warnings: Warning[]; expiresAt: string } | null;
  acceptedWarnings: Warning[];
  /** Why IBKR did not take its exits, or the other order of a pair. */
  notTaken: string[];
  filledQuantity: number | null;
  averagePrice: number | null;
  reason: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface Order {
  accountId: string;
  contract: Contract;
  ticket: Ticket;
  /** A second order on the same contract: when one of the two fills, the other is cancelled. */
  oca?: Ticket;
}

export interface Contract {
  conid: number;
  symbol: string;
  secType: string;
  /** Of money. */
  currency: string;
  /** What prices are in where that is not the currency: `GBX`, hundredths of a pound. */
  priceUnit?: string;
  /** Of a derivative: which one, in words. */
  description?: string;
  /** Of a combo, in the order of its ticket's legs. */
  legs?: Contract[];
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

/** Money as IBKR states it: exactly, about, or between two bounds, with `amount` null. */
export interface StatedMoney {
  amount: number | null;
  min?: number;
  max?: number;
  approximate?: true;
  currency: string | null;
}

export interface Change {
  current: number | null;
  after: number | null;
  approximate?: true;
  ranges?: Partial<Record<'current' | 'after', Pick<StatedMoney, 'min' | 'max'>>>;
}

/** What IBKR said of the order's cost when it was asked for. */
export interface Preview {
  amount: StatedMoney | null;
  commission: StatedMoney | null;
  total: StatedMoney | null;
  /** Of the margins. */
  currency: string | null;
  initial_margin: Change;
  maintenance_margin: Change;
  warnings: Warning[];
  /** The most a combo can lose; null for other orders. */
  max_loss: Money | 'unlimited' | null;
  quote: Quote | null;
}

export interface Quote {
  last: number | null;
  bid: number | null;
  ask: number | null;
  availability: string;
  as_of: string | null;
}

export type Scope = 'read' | 'write';

/** A bearer token of a connection; its text is told once, when it is made. */
export interface ApiKey {
  id: string;
  connectionId: string;
  label: string;
  scope: Scope;
  /** The characters to know it by. */
  first: string;
  last: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  /** What it may do within what the connection allows. */
  limits: Limits;
  approval: ApprovalMode | null;
  /** Ranges of addresses it may be used from; everywhere when there are none. */
  allowedIps: string[];
}

/** A host that its owner connected by a consent. */
export interface ConnectedApp {
  grantId: string;
  connectionId: string;
  scope: Scope;
  clientName: string;
  /** Where the host was sent back to: a host name, or the scheme of an app on a computer. */
  redirectHost: string;
  createdAt: string;
  lastUsedAt: string | null;
  limits: Limits;
  approval: ApprovalMode | null;
}

/** One step of a connection's test and what came of it. */
export interface TestStep {
  name: 'sign_in' | 'accounts' | 'mode';
  ok: boolean;
  detail: string;
}

/** What a stop did. */
export interface PanicReport {
  /** Orders that waited for a yes. */
  declined: number;
  revokedKeys: number;
  revokedApps: number;
  /** Orders that IBKR was asked to cancel. */
  cancelling: { orderId: string }[];
  failed: { orderId: string; reason: string }[];
  /** Why the orders could not even be listed. */
  unlisted: string | null;
  /** Whether the gateway goes on with it by itself. */
  retrying: boolean;
}
