/** What somebody wants to order and what becomes of it. */

import { z } from 'zod';
import { ACCOUNT_MODES } from '../../contract/connection-kind.ts';
import { INTENT_STATES } from '../../contract/orders/order-states.ts';
import { APPROVAL_MODES } from '../../contract/rules/approval.ts';
import { storedCents } from './money.ts';

const warning = z.object({ id: z.string().nullable(), text: z.string() });

/** One of IBKR's questions about an order, in plain words. */
export type Warning = z.output<typeof warning>;

export const sales = z.object({
  accountId: z.string(),
  sold: z.array(z.object({ conid: z.number(), quantity: z.number() })),
  /** What it buys to close short positions. */
  covers: z.array(z.object({ conid: z.number(), quantity: z.number() })).optional(),
});

/** As it is kept: `orderIntents/{id}`. */
export const intentSchema = z.object({
  connectionId: z.string(),
  ownerUid: z.string(),
  /** Who asked: the key or grant, what its owner knows it by, and the program's own name. */
  app: z.object({
    id: z.string(),
    /** Of a grant: the OAuth client, which gets another grant whenever it signs in again. */
    clientId: z.string().optional(),
    label: z.string().default(''),
    name: z.string(),
    source: z.enum(['api_key', 'oauth', 'console']),
  }),
  clientOrderId: z.string().nullable(),
  /** What the order is called at IBKR, by which it is found again. */
  cOID: z.string(),
  /** The exact order, as JSON, and its SHA-256. */
  order: z.string(),
  orderHash: z.string(),
  /** The arguments that the caller asked with, as JSON with its keys in order; null: not by a name or a call of its own. */
  asked: z.string().nullable().default(null),
  /** Under which identical orders of the app find it in the trading ledger. */
  guardKeys: z.array(z.string()).default([]),
  /** What was shown of its cost and margin to whoever had to say yes, as JSON. */
  preview: z.string().nullable(),
  /** Whether its account was paper or live; null in records of before this was kept. */
  accountMode: z.enum(ACCOUNT_MODES).nullable().default(null),
  /** What the account held of the instrument when it was asked for, negative when short; null: not known. */
  held: z.number().nullable().default(null),
  conid: z.number(),
  /** What it counts against daily limits, in the account's base currency. */
  value: storedCents.nullable(),
  /** How many orders it counts as, exits and the other one of a pair included. */
  orders: z.number().default(1),
  /** What it sells beyond what the order sells that it changes. */
  sales: sales.default({ accountId: '', sold: [] }),
  /** The day it was counted on; null while it is not. */
  countedOn: z.string().nullable(),
  state: z.enum(INTENT_STATES),
  approval: z.object({
    mode: z.enum(APPROVAL_MODES),
    expiresAt: z.date().nullable(),
    by: z.string().nullable(),
    at: z.date().nullable(),
  }),
  /** What IBKR asks about it. The order is ended then; IBKR may forget its question long before. */
  question: z.object({ replyId: z.string(), warnings: z.array(warning), expiresAt: z.date() }).nullable(),
  acceptedWarnings: z.array(warning),
  ibkrOrderId: z.string().nullable(),
  /** Of the other order of a pair. */
  ocaOrderId: z.string().nullable().default(null),
  /** Of its exits, in no particular order, where IBKR named them in its answer. */
  exitOrderIds: z.array(z.string()).default([]),
  /** Which order of a pair has filled, wholly or in part. */
  filledOrderId: z.string().nullable().default(null),
  /** Why IBKR did not take its exits, or the other order of a pair. */
  notTaken: z.array(z.string()).default([]),
  ibkrStatus: z.string().nullable(),
  filledQuantity: z.number().nullable(),
  averagePrice: z.number().nullable(),
  /** IBKR's own time of the execution that filled it; null while it is not known. */
  filledAt: z.date().nullable().default(null),
  reason: z.string().nullable(),
  createdAt: z.date(),
  sentAt: z.date().nullable(),
  /** Until when it may still reach IBKR, where no clear answer came. */
  arrivesBy: z.date().nullable().default(null),
  reconciledAt: z.date().nullable(),
  /** Since when it counts as not placed because IBKR did not have it, which may turn out wrong; null: that is certain. */
  absentSince: z.date().nullable().default(null),
  updatedAt: z.date(),
  /** When the schedule looks after it, unless somebody asked about it before; null: never. */
  nextLookAt: z.date().nullable().default(null),
  history: z.array(z.object({ at: z.date(), state: z.enum(INTENT_STATES), note: z.string() })),
});

export type OrderIntent = z.output<typeof intentSchema> & { id: string };

/** What stays of an app when it signs in again: its OAuth client, or its key. */
export function appIdentity({ id, clientId }: Pick<OrderIntent['app'], 'id' | 'clientId'>): string {
  return clientId ?? id;
}

/** Whether two grants are of one OAuth client; keys are each an app of their own. */
export function isSameApp(
  one: Pick<OrderIntent['app'], 'id' | 'clientId'>,
  other: Pick<OrderIntent['app'], 'id' | 'clientId'>,
): boolean {
  return one.id === other.id || appIdentity(one) === appIdentity(other);
}

/** An intent of which nothing is known yet but what was asked for. */
export function newIntent(
  asked: Pick<
    OrderIntent,
    'id' | 'connectionId' | 'ownerUid' | 'app' | 'clientOrderId' | 'order' | 'orderHash' | 'preview' | 'conid'
  > &
    Partial<Pick<OrderIntent, 'accountMode' | 'asked' | 'guardKeys' | 'held'>> & {
      mode: OrderIntent['approval']['mode'];
      now: Date;
    },
): OrderIntent {
  const { mode, now, ...known } = asked;
  return {
    asked: null,
    guardKeys: [],
    accountMode: null,
    held: null,
    ...known,
    value: null,
    orders: 1,
    sales: { accountId: '', sold: [] },
    cOID: `ig-${asked.id}`,
    countedOn: null,
    state: 'awaiting_approval',
    approval: { mode, expiresAt: null, by: null, at: null },
    question: null,
    acceptedWarnings: [],
    ibkrOrderId: null,
    ocaOrderId: null,
    exitOrderIds: [],
    filledOrderId: null,
    notTaken: [],
    ibkrStatus: null,
    filledQuantity: null,
    averagePrice: null,
    filledAt: null,
    reason: null,
    createdAt: now,
    sentAt: null,
    arrivesBy: null,
    reconciledAt: null,
    absentSince: null,
    updatedAt: now,
    nextLookAt: null,
    history: [],
  };
}
