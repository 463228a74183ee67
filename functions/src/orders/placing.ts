/** From an order that somebody asks for to its intent, sent or waiting for a yes. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import {
  appIdentity,
  findIntent,
  newIntent,
  type OrderIntent,
  readRegister,
  tradingTransaction,
} from '../store/order-intents.ts';
import {
  type Admission,
  admit,
  blockedBy,
  DUPLICATE_MS,
  decline,
  isFinal,
  nameConflict,
  release,
  startReply,
} from './decisions.ts';
import type { Desk } from './desk.ts';
import type { OrderFacts } from './limit-checks.ts';
import { hashText, orderText, type ProposedOrder } from './proposed-order.ts';
import { refresh } from './reconciliation.ts';
import { reply, send, withdraw } from './sending.ts';
import type { ApprovalMode, LimitsInForce } from './trading-rules.ts';

const BETWEEN_LOOKS_MS = 300;
/** Left of a call's time for the answer. */
const MARGIN_MS = 4_000;

/** A desk, and on whose behalf it acts. */
export interface TradingDesk extends Desk {
  ownerUid: string;
  app: OrderIntent['app'];
  limits: LimitsInForce;
  approval: ApprovalMode;
}

/** What a caller asks for. */
export interface Asked {
  order: ProposedOrder;
  /** The caller's own name for the order: the same name and order again is the same order. */
  clientOrderId: string | null;
  /** An order identical to a recent one is meant to be another one. */
  duplicateMeant: boolean;
}

export interface OrderRequest extends Asked {
  /** Of the order, and of the one it forms a pair with. */
  facts: readonly OrderFacts[];
  /** What was shown of its cost and margin, as JSON, for whoever has to say yes; null when nobody has. */
  preview: string | null;
}

/**
 * What was asked for before under the same name, or a moment ago, as it stands now; null if that is nothing. Ask this
 * first: no limit, and nothing else that holds now, says anything about an order that was sent then.
 * @throws {GatewayError} `idempotency_conflict`, `possible_duplicate`.
 */
export async function askedBefore(desk: TradingDesk, asked: Asked): Promise<OrderIntent | null> {
  const { clientOrderId, duplicateMeant } = asked;
  const { id, orderHash } = draftOf(desk, { ...asked, preview: null });
  if (clientOrderId !== null) {
    const named = await findIntent(desk.db, desk.connectionId, id);
    if (named === null) return null;
    if (named.orderHash !== orderHash) throw nameConflict(named);
    return refresh(desk, await whenSent(desk, named));
  }
  if (duplicateMeant) return null;
  const { register } = await readRegister(desk.db, desk.connectionId);
  const recent = register.recent[duplicateKey(desk, orderHash)];
  return recent === undefined || recent.until <= Date.now()
    ? null
    : recentOrder(desk, asked, recent.intentId);
}

/**
 * Places an order, or has it wait for a yes. The intent says what became of it.
 * @throws {GatewayError} when nothing was sent: `limit_exceeded`, `possible_duplicate`, `idempotency_conflict`,
 * `order_state_unknown` for an earlier order on the contract, and what kept the order from reaching IBKR.
 */
export async function place(desk: TradingDesk, request: OrderRequest): Promise<OrderIntent> {
  const draft = draftOf(desk, request);
  const admission = await admitted(desk, request, draft, request.duplicateMeant);
  switch (admission.kind) {
    case 'send':
      return send(desk, admission.intent);
    case 'await':
      return admission.intent;
    case 'known':
      return refresh(desk, await whenSent(desk, admission.intent));
    case 'recent':
      return (
        (await recentOrder(desk, request, admission.intentId)) ?? (await placeAgain(desk, request, draft))
      );
    case 'blocked':
      throw blockedBy(admission.intentId);
  }
}

/** Somebody's yes to an order that waits. */
export interface Yes {
  intentId: string;
  by: string;
  /** Of the order, and of the other one of its pair, at the time of the yes: limits hold then as they did before. */
  facts: readonly OrderFacts[];
}

/** Says yes to what `intent` waits for, as it is there: the order, or IBKR's question about it. */
export function sayYes(
  desk: TradingDesk,
  intent: OrderIntent,
  yes: Omit<Yes, 'intentId'>,
): Promise<OrderIntent> {
  return intent.state === 'needs_reply'
    ? acceptWarnings(desk, { ...yes, intentId: intent.id }, intent.question?.replyId ?? '')
    : approve(desk, { ...yes, intentId: intent.id }, intent.orderHash);
}

/** Sends a waiting order after somebody's yes; `orderHash` is of the order they said yes to. */
export async function approve(
  desk: TradingDesk,
  { intentId, by, facts }: Yes,
  orderHash: string,
): Promise<OrderIntent> {
  const approved = await tradingTransaction(desk.db, desk.connectionId, intentId, (state) =>
    release(state, orderHash, by, { facts, limits: desk.limits, app: desk.app }, new Date()),
  );
  return send(desk, approved);
}

/** Ends an order that waits for a yes, or for the answer to IBKR's question, after somebody's no. */
export async function refuse(desk: Desk, intent: OrderIntent, by: string): Promise<OrderIntent> {
  if (intent.question !== null) await withdraw(desk, intent.question.replyId);
  return tradingTransaction(desk.db, desk.connectionId, intent.id, (state) => decline(state, by, new Date()));
}

/** Answers IBKR's question about an order with yes; `replyId` is of the question that somebody said yes to. */
export async function acceptWarnings(
  desk: TradingDesk,
  { intentId, by, facts }: Yes,
  replyId: string,
): Promise<OrderIntent> {
  const replying = await tradingTransaction(desk.db, desk.connectionId, intentId, (state) =>
    startReply(state, replyId, by, { facts, limits: desk.limits, app: desk.app }, new Date()),
  );
  return reply(desk, replying, replyId);
}

/** The intent once the process that sends it has said what became of it, or as it is when this call's time is over. */
async function whenSent(desk: TradingDesk, intent: OrderIntent): Promise<OrderIntent> {
  let seen = intent;
  while (seen.state === 'sending' && Date.now() + MARGIN_MS < desk.ibkr.deadline) {
    await delay(BETWEEN_LOOKS_MS);
    seen = (await findIntent(desk.db, desk.connectionId, intent.id)) ?? intent;
  }
  return seen;
}

function draftOf(desk: TradingDesk, request: Asked & Pick<OrderRequest, 'preview'>): OrderIntent {
  const { order, preview, clientOrderId } = request;
  const text = orderText(order);
  // An id made of the caller's name for the order lets the database itself see that it is the same.
  const name = `${desk.connectionId}\n${appIdentity(desk.app)}\n${clientOrderId}`;
  const id = clientOrderId === null ? randomUUID() : hashText(name).slice(0, 32);
  return newIntent({
    id,
    connectionId: desk.connectionId,
    ownerUid: desk.ownerUid,
    app: desk.app,
    clientOrderId,
    order: text,
    orderHash: hashText(text),
    preview,
    conid: order.contract.conid,
    mode: desk.approval,
    now: new Date(),
  });
}

function admitted(
  desk: TradingDesk,
  { clientOrderId, facts }: OrderRequest,
  draft: OrderIntent,
  duplicateMeant: boolean,
): Promise<Admission> {
  // Whoever names an order says with the name whether it is another one.
  const isMeant = duplicateMeant || clientOrderId !== null;
  return tradingTransaction(desk.db, desk.connectionId, draft.id, (state) =>
    admit(state, draft, { facts, limits: desk.limits }, duplicateKey(desk, draft.orderHash), isMeant),
  );
}

function duplicateKey({ app }: TradingDesk, orderHash: string): string {
  return hashText(`${appIdentity(app)} ${orderHash}`).slice(0, 32);
}

/**
 * The identical order of a moment ago, if it waits for an answer; null if it is over, so that another one may be meant.
 * @throws {GatewayError} `possible_duplicate`.
 */
async function recentOrder(
  desk: TradingDesk,
  { order }: Asked,
  intentId: string,
): Promise<OrderIntent | null> {
  const recent = await findIntent(desk.db, desk.connectionId, intentId);
  if (recent === null) return null;
  if (recent.state === 'awaiting_approval' || recent.state === 'needs_reply') return recent;
  const age = Date.now() - (recent.sentAt ?? recent.createdAt).getTime();
  // What was changed may have been changed back since: the same change again is meant.
  const isMeant = order.modifies !== undefined || (isFinal(recent.state) && age >= DUPLICATE_MS);
  if (!isMeant) throw duplicateOf(recent);
  return null;
}

async function placeAgain(
  desk: TradingDesk,
  request: OrderRequest,
  draft: OrderIntent,
): Promise<OrderIntent> {
  const admission = await admitted(desk, request, draft, true);
  if (admission.kind === 'blocked') throw blockedBy(admission.intentId);
  if (admission.kind === 'recent') throw duplicateOf(draft);
  return admission.kind === 'send' ? send(desk, admission.intent) : admission.intent;
}

function duplicateOf(recent: OrderIntent): GatewayError {
  return new GatewayError(
    'possible_duplicate',
    `This app placed the same order before; that one is ${recent.state}.`,
    'Nothing more was sent. If a second order is meant, call again with duplicate_ok true.',
    { details: { intent_id: recent.id, state: recent.state } },
  );
}
