/** `/api/connections/:id/intents` and `/api/intents/:id`: orders that somebody asked for, and their lives. */
import { z } from 'zod';
import { listOf, time } from '../answer-parts.ts';
import { CALL_SOURCES } from '../audit.ts';
import { orderPreview, orderWarning } from '../tool-outputs/preview.ts';
import { INTENT_STATES } from './order-states.ts';

/** What `POST /intents/:id` takes. */
export const intentDecision = z.discriminatedUnion('decision', [
  /** `orderHash` of the order the person saw: a yes to anything else is none. */
  z.strictObject({ decision: z.literal('approve'), orderHash: z.string().length(64) }),
  /** `replyId` of IBKR's question that the person saw. */
  z.strictObject({ decision: z.literal('accept_warnings'), replyId: z.string().min(1).max(200) }),
  z.strictObject({ decision: z.literal('reject') }),
]);
export type IntentDecision = z.input<typeof intentDecision>;

const optionalNumber = z.number().optional();

const leg = z.strictObject({ conid: z.number(), ratio: z.number() });

export const ticket = z.strictObject({
  conid: z.number(),
  side: z.enum(['BUY', 'SELL']),
  /** Exactly one of the two; `cashQuantity` is money of the contract's currency. */
  quantity: optionalNumber,
  cashQuantity: optionalNumber,
  orderType: z.string(),
  limitPrice: optionalNumber,
  stopPrice: optionalNumber,
  trailingAmount: optionalNumber,
  /** 5 is 5 %. */
  trailingPercent: optionalNumber,
  tif: z.string(),
  goodTillDate: z.string().optional(),
  outsideRth: z.boolean().optional(),
  /** Where it is sent; IBKR chooses when absent. */
  exchange: z.string().optional(),
  takeProfit: z.strictObject({ limitPrice: z.number() }).optional(),
  stopLoss: z.strictObject({ stopPrice: z.number(), limitPrice: optionalNumber }).optional(),
  /** Of a combo, for one combo bought; a negative ratio sells. */
  legs: z.array(leg).readonly().optional(),
  /** Who stands behind an order for US futures and their options, as CME rule 536-B asks. */
  futuresOperator: z.strictObject({ id: z.string(), isManual: z.boolean() }).optional(),
});
export type Ticket = z.output<typeof ticket>;

const derivative = z.strictObject({
  expiry: z.string().nullable(),
  strike: z.number().nullable(),
  right: z.enum(['call', 'put']).nullable(),
  multiplier: z.number().nullable(),
  underlyingConid: z.number().nullable(),
  tradingClass: z.string().nullable().exactOptional(),
});

const contractFields = {
  conid: z.number(),
  /** Of a derivative: the symbol of its underlying. */
  symbol: z.string(),
  secType: z.string(),
  /** Of money. */
  currency: z.string(),
  /** How many units of a price are one of the currency, where that is not 1; null where IBKR does not say. */
  priceMagnifier: z.number().nullable().exactOptional(),
  /** What prices are in where that is not the currency: `GBX`, hundredths of a pound. */
  priceUnit: z.string().exactOptional(),
  /** Where it is listed, by IBKR's name. */
  exchange: z.string().nullable().exactOptional(),
  companyName: z.string().nullable().exactOptional(),
  derivative: derivative.exactOptional(),
  /** Of a derivative: which one, in words. */
  description: z.string().exactOptional(),
};

const contract = z.strictObject({
  ...contractFields,
  /** Of a combo, in the order of its ticket's legs. */
  legs: z.array(z.strictObject(contractFields)).readonly().exactOptional(),
});
export type OrderContract = z.output<typeof contract>;

/** The order that is shown, approved and sent: this and nothing else. */
export const proposedOrder = z.strictObject({
  accountId: z.string(),
  contract,
  ticket,
  /** A second order on the same contract: when one of the two fills, the other is cancelled. */
  oca: ticket.exactOptional(),
  /** IBKR's id of the working order that this one takes the place of. */
  modifies: z.string().exactOptional(),
  /** Of a change: what it changes beside quantity and prices. */
  changes: z
    .array(z.enum(['tif', 'endDate', 'trail']))
    .readonly()
    .exactOptional(),
  /** It closes a position: its app's other open orders on the contract are cancelled first. */
  closes: z.literal(true).exactOptional(),
});
export type ProposedOrder = z.output<typeof proposedOrder>;

const intent = z.strictObject({
  id: z.string(),
  connectionId: z.string(),
  /** `label`: the name of its key, or of the app; empty for orders of before there were labels. */
  app: z.strictObject({
    /** Of the key or the grant. */
    id: z.string(),
    name: z.string(),
    source: z.enum(CALL_SOURCES),
    label: z.string(),
  }),
  order: proposedOrder,
  /** `orderSentence`, with the account. */
  sentence: z.string(),
  /** What the account held of the instrument when it was asked for; null: not known. */
  held: z.number().nullable(),
  /** SHA-256 of the order: a yes counts for the order of this hash and no other. */
  orderHash: z.string(),
  /** What IBKR said of the order's cost when it was asked for. */
  preview: orderPreview.nullable(),
  state: z.enum(INTENT_STATES),
  approval: z.strictObject({
    expiresAt: time.nullable(),
    by: z.string().nullable(),
    at: time.nullable(),
  }),
  /** What IBKR asks before it takes the order. */
  question: z
    .strictObject({ replyId: z.string(), warnings: z.array(orderWarning), expiresAt: time })
    .nullable(),
  acceptedWarnings: z.array(orderWarning),
  /** As IBKR lists it; of an OCA pair, the first of the two. */
  ibkrOrderId: z.string().nullable(),
  /** Why IBKR did not take its exits, or the other order of a pair. */
  notTaken: z.array(z.string()),
  filledQuantity: z.number().nullable(),
  averagePrice: z.number().nullable(),
  reason: z.string().nullable(),
  /** Every step of its life, the first one first. */
  history: z.array(z.strictObject({ at: time, state: z.enum(INTENT_STATES), note: z.string() })),
  createdAt: time,
  updatedAt: time,
});
/** An order that somebody asked for, and what became of it. */
export type Intent = z.output<typeof intent>;

export const intentList = listOf(intent);
export type IntentList = z.output<typeof intentList>;

export const shownIntent = z.strictObject({ intent });
export type ShownIntent = z.output<typeof shownIntent>;

/** What `POST /connections/:id/orders/:orderId/cancel` takes: the current account when none is named. */
export const cancellation = z.strictObject({ accountId: z.string().optional() });
export type Cancellation = z.input<typeof cancellation>;
