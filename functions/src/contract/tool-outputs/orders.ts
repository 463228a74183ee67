/** What the tools about orders answer. */
import { z } from 'zod';
import { ORDER_STATES } from '../orders/order-states.ts';
import {
  accountModeOutput,
  asOfOutput,
  cutOutput,
  priceUnitOutput,
  tableOutput,
  unreadOutput,
} from './parts.ts';
import { orderPreview, orderWarning } from './preview.ts';

/** The legs of a combo, for one combo bought. */
export const legsOutput = z
  .array(z.strictObject({ conid: z.number(), side: z.enum(['BUY', 'SELL']), ratio: z.number() }))
  .optional();

export const clientOrderIdOutput = z
  .string()
  .nullable()
  .describe('Your own name for it. null: it has none, or another app ordered it.');

export const orderOutput = z.strictObject({
  order_id: z.string(),
  order: z.string().describe('In words.'),
  intent_id: z
    .string()
    .nullable()
    .describe('As place_order answered it, of an exit that of its entry. null: ordered elsewhere.'),
  client_order_id: clientOrderIdOutput,
  order_ref: z.string().nullable().describe('The name that IBKR knows it by.'),
  parent_order_id: z.string().nullable().describe('Of an exit: the order that it is the exit of.'),
  exit: z.enum(['take_profit', 'stop_loss']).nullable(),
  account_id: z.string(),
  conid: z.number(),
  symbol: z.string(),
  security_type: z.string(),
  currency: z.string().nullable().describe('Of the prices, unless price_unit says otherwise.'),
  price_unit: priceUnitOutput,
  side: z.enum(['BUY', 'SELL']),
  order_type: z.string(),
  quantity: z.number(),
  filled_quantity: z.number(),
  remaining_quantity: z.number(),
  limit_price: z.number().nullable(),
  stop_price: z.number().nullable().describe('Of a trailing stop: where it stands now.'),
  trailing_amount: z
    .number()
    .nullable()
    .describe('null where IBKR does not tell: of orders from elsewhere, as good_till_date.'),
  trailing_percent: z.number().nullable(),
  average_price: z.number().nullable().describe('Of what is filled so far.'),
  tif: z.string(),
  good_till_date: z.string().nullable(),
  outside_rth: z.boolean().nullable().describe('null where it is not known.'),
  state: z
    .enum(ORDER_STATES)
    .describe('working: may still fill. inactive: refused or held by IBKR, will not fill as it is.'),
  status: z.string().describe('IBKR’s own word for the state.'),
  status_description: z.string().nullable().describe('IBKR’s words on it, such as why it refused the order.'),
  last_execution_time: z.string().nullable(),
  legs: legsOutput.describe('Of a combo bought; sold, the sides are the other way round.'),
});

/** An order that is not at IBKR yet: it waits for a yes, or for an answer to IBKR's question. */
export const waitingOutput = z.strictObject({
  intent_id: z.string(),
  order_id: z.string().nullable(),
  client_order_id: z.string().nullable(),
  order: z.string(),
  account_id: z.string(),
  mode: accountModeOutput,
  state: z.enum(['awaiting_approval', 'needs_reply']),
  expires_at: z.string().nullable().describe('Until when it waits.'),
  warnings: z.array(orderWarning).optional().describe('What IBKR asks.'),
  approval_url: z.string().optional().describe('Where its owner says yes or no.'),
  next_step: z.string(),
  preview: orderPreview.partial().optional(),
});

/** What the answer of a tool has besides where its order may wait. */
export const waitingFields = waitingOutput
  .pick({ expires_at: true, warnings: true, approval_url: true, next_step: true, preview: true })
  .partial().shape;

export const openIntentOutput = z.strictObject({
  intent_id: z.string(),
  client_order_id: clientOrderIdOutput,
  order_id: z.string().nullable().describe('IBKR’s id. Of a change: of the order that it changes.'),
  account_id: z.string(),
  order: z.string().describe('In words.'),
  state: z.enum(['awaiting_approval', 'needs_reply', 'sending', 'unknown']),
  asked_by: z.string().describe('Which app or key asked for it.'),
  asked_at: z.string(),
  expires_at: z.string().nullable(),
  warnings: z.array(orderWarning).optional().describe('What IBKR asks.'),
  approval_url: z.string().optional().describe('Where its owner says yes or no.'),
  next_step: z.string(),
});

export const ordersOutput = z.strictObject({
  account_id: z.string(),
  mode: accountModeOutput,
  orders: tableOutput(orderOutput).describe('Those that IBKR has, as get_order_status tells of one.'),
  waiting: z
    .array(openIntentOutput)
    .describe(
      'Not at IBKR: they wait for approval, or for an answer to IBKR’s question. Of all accounts, unless one is named.',
    ),
  unknown: z.array(openIntentOutput).describe('Being sent, or sent and not known yet whether IBKR has them.'),
  as_of: asOfOutput,
  ...cutOutput,
  unread: unreadOutput,
});

const cancellation = {
  state: z
    .enum([...ORDER_STATES, 'withdrawn', 'not_placed'])
    .describe('withdrawn: taken back before it came to IBKR. not_placed: it had not come there anyway.'),
  outcome: z
    .enum(['cancelled', 'filled', 'requested', 'unconfirmed', 'withdrawn', 'not_placed'])
    .describe(
      'requested: IBKR has the request, and the order may fill until it is cancelled. unconfirmed: it is not known whether IBKR has the request.',
    ),
  message: z.string().describe('What is known, and what to do next.'),
};

/** What became of one of several orders that were to be cancelled. */
export const cancelledOutput = z.strictObject({
  order_id: z.string().nullable(),
  intent_id: z.string().nullable(),
  order: z.string(),
  ...cancellation,
});

export const cancelOutput = orderOutput.partial().extend({
  order_id: z.string().nullable().describe('null: it never came to IBKR.'),
  client_order_id: clientOrderIdOutput,
  account_id: z.string(),
  mode: accountModeOutput,
  ...cancellation,
  others: z
    .array(z.strictObject({ order_id: z.string().nullable(), ...cancellation }))
    .optional()
    .describe('Of a pair: the other order.'),
});

export type CancelledOrder = z.output<typeof cancelledOutput>;
export type LiveOrder = z.output<typeof orderOutput>;
export type Orders = z.output<typeof ordersOutput>;
export type OrderCancellation = z.output<typeof cancelOutput>;
