/** From an order that somebody asks for to its intent, sent or waiting for a yes. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { rejectInWords } from '../../connections/broker-words.ts';
import type { AccountMode } from '../../contract/connection-kind.ts';
import type { ApprovalMode } from '../../contract/rules/approval.ts';
import { GatewayError } from '../../errors.ts';
import { countWaiting, findIntent, listNamed } from '../../store/orders/order-intents.ts';
import { findLedger, newIntentTransaction, tradingTransaction } from '../../store/orders/trading-ledger.ts';
import {
  type CallersOrder,
  differences,
  freesName,
  guardKeys,
  holderOf,
  nameConflictError,
  nextId,
} from '../domain/idempotency.ts';
import { newIntent, type OrderIntent } from '../domain/intent.ts';
import { isExpired, isFinal, isWaiting } from '../domain/intent-states.ts';
import { DUPLICATE_MS, recentlyAsked } from '../domain/ledger.ts';
import { canonicalText, hashText, intendedOrder, orderText, type ProposedOrder } from '../domain/order.ts';
import type { RiskCheck } from '../domain/risk/check-order.ts';
import type { RiskInputs } from '../domain/risk/limit-checks.ts';
import type { ConnectionRules, LimitsInForce } from '../domain/risk/rules.ts';
import type { TradingLedger } from '../domain/trading-state.ts';
import { blockedError, heldOrderError } from '../domain/transition-errors.ts';
import { type Admission, admit, decline, type MeantYes, release, startReply } from '../domain/transitions.ts';
import type { TradingContext } from './context.ts';
import { refresh, refreshToTell } from './reconcile.ts';
import { rejectQuestion, reply, send } from './send.ts';

const BETWEEN_LOOKS_MS = 300;
/** Left of a call's time for the answer. */
const MARGIN_MS = 4_000;
/** Of a connection at a time: nobody looks through more before they expire, and says yes with care. */
const MOST_WAITING = 100;
/** Under one name, which may be given to another order where one was not placed: all of them are read each time. */
const MOST_NAMED = 100;

/** A trading context, and on whose behalf it acts. */
export interface SubmitContext extends TradingContext {
  accountMode: AccountMode;
  ownerUid: string;
  app: OrderIntent['app'];
  limits: LimitsInForce;
  approval: ApprovalMode;
  /** What the connection's share of these two was read from: an order is not let in by what does not hold any more. */
  rules?: ConnectionRules;
  /** The ledger as it was when the call first looked for what was asked before; admission looks for that again. */
  firstLook?(): Promise<TradingLedger>;
}

/** Under which name somebody asks for an order, and whether a second one of the kind is meant. */
export interface Asking {
  /** The caller's own name for the order: the same name and order again is the same order. */
  clientOrderId: string | null;
  /** An order identical to a recent one is meant to be another one. */
  duplicateMeant: boolean;
  /** What the caller said; left out where an order is not told again by that. */
  asked?: CallersOrder;
}

export interface OrderRequest extends Asking {
  order: ProposedOrder;
  /** Of the order, and of the one it forms a pair with. */
  inputs: readonly RiskInputs[];
  /** What was shown of its cost and margin, as JSON, for whoever has to say yes; null when nobody has. */
  preview: string | null;
  /** What the account holds of the instrument, for the sentence of the order; null: not known. */
  held: number | null;
}

/**
 * What was asked for before under the same name, or in the same words a moment ago, as it stands now; null if that is
 * nothing. Ask this first: no limit, no argument that has become wrong, and nothing else that holds now says anything
 * about an order that was sent then.
 * @param meant The order that the arguments mean now, which may fail.
 * @throws {GatewayError} `idempotency_conflict`, `possible_duplicate`.
 */
export async function findExisting(
  trading: SubmitContext,
  { clientOrderId, duplicateMeant, asked }: Asking & { asked: CallersOrder },
  meant: () => Promise<ProposedOrder>,
): Promise<OrderIntent | null> {
  if (clientOrderId === null) {
    return duplicateMeant ? null : findRecentlyPlaced(trading, guardKeys(trading.app, { asked }), false);
  }
  const holder = holderOf(await listNamed(trading, clientOrderId));
  const named = holder && isExpired(holder, new Date()) ? await refresh(trading, holder) : holder;
  if (named === undefined || freesName(named)) return null;
  const differing = await differences(named, asked, () => meant().catch(rejectInWords));
  if (differing.length > 0) throw nameConflictError(named, asked.args, differing);
  const now = await refreshToTell(trading, await waitUntilSent(trading, named));
  return freesName(now) ? null : now;
}

/**
 * Places an order, or has it wait for a yes. The intent says what became of it.
 * @throws {GatewayError} when nothing was sent: `limit_exceeded`, `possible_duplicate`, `idempotency_conflict`,
 * `order_state_unknown` for an earlier order on the contract, and what kept the order from reaching IBKR.
 */
export async function place(trading: SubmitContext, request: OrderRequest): Promise<OrderIntent> {
  if (trading.approval !== 'none') await assertRoomToWait(trading);
  for (let over: string | null = null; ; ) {
    const admission = await admitOrder(trading, request, await draftOf(trading, request), over);
    switch (admission.kind) {
      case 'send':
        return send(trading, admission.intent);
      case 'await':
        return admission.intent;
      case 'known':
        return refreshToTell(trading, await waitUntilSent(trading, admission.intent));
      case 'held':
        throw heldOrderError(admission.intentId, await accountOf(trading, admission.intentId));
      case 'blocked':
        throw blockedError(admission.intentId);
      case 'recent': {
        const recent = await requireOver(trading, admission.intentId, request.order.modifies !== undefined);
        if (recent !== null) return recent;
        over = admission.intentId;
      }
    }
  }
}

/**
 * The identical order that is not over yet or was sent a moment ago, if it waits for an answer; null if there is none.
 * @throws {GatewayError} `possible_duplicate`.
 */
export async function placedBefore(
  trading: SubmitContext,
  { order, clientOrderId, duplicateMeant }: Pick<OrderRequest, 'order' | 'clientOrderId' | 'duplicateMeant'>,
): Promise<OrderIntent | null> {
  if (clientOrderId !== null || duplicateMeant) return null;
  const keys = guardKeys(trading.app, { orderHash: hashText(orderText(order)) });
  return findRecentlyPlaced(trading, keys, order.modifies !== undefined);
}

/** Somebody's yes to an order that waits. */
export interface Approval {
  intentId: string;
  by: string;
  /** Of the order, and of the other one of its pair, at the time of the yes: limits hold then as they did before. */
  inputs: readonly RiskInputs[];
}

/** What a yes to an order that waits is to, as the order is there. */
export function toYes({ state, orderHash, question }: OrderIntent): MeantYes {
  return state === 'needs_reply' ? { replyId: question?.replyId ?? '' } : { orderHash };
}

/** Says yes to what `intent` waits for, as it is there: the order, or IBKR's question about it. */
export function approveWaiting(
  trading: SubmitContext,
  intent: OrderIntent,
  yes: Omit<Approval, 'intentId'>,
): Promise<OrderIntent> {
  return intent.state === 'needs_reply'
    ? acceptWarnings(trading, { ...yes, intentId: intent.id }, intent.question?.replyId ?? '')
    : approve(trading, { ...yes, intentId: intent.id }, intent.orderHash);
}

/** Sends a waiting order after somebody's yes; `orderHash` is of the order they said yes to. */
export async function approve(
  trading: SubmitContext,
  { intentId, by, inputs }: Approval,
  orderHash: string,
): Promise<OrderIntent> {
  const approved = await tradingTransaction(trading.db, trading.connectionId, intentId, (state) =>
    release(state, orderHash, by, riskCheck(trading, inputs), new Date()),
  );
  return send(trading, approved);
}

/**
 * Ends an order that waits for a yes, or for the answer to IBKR's question, after somebody's no.
 * @param reason Why it is not placed, where it is not for the no.
 */
export async function rejectWaiting(
  trading: TradingContext,
  intent: OrderIntent,
  by: string,
  reason?: string,
): Promise<OrderIntent> {
  if (intent.question !== null) await rejectQuestion(trading, intent.question.replyId);
  return tradingTransaction(trading.db, trading.connectionId, intent.id, (state) =>
    decline(state, by, new Date(), reason),
  );
}

/** Why an order is not placed that whoever asked for it took back. */
const WITHDRAWN = 'Withdrawn.';

/** Takes back an order that waits for a yes, or for the answer to IBKR's question, for whoever asked for it. */
export function takeBack(trading: TradingContext, intent: OrderIntent, by: string): Promise<OrderIntent> {
  return rejectWaiting(trading, intent, by, WITHDRAWN);
}

export function isTakenBack({ state, reason }: OrderIntent): boolean {
  return state === 'not_placed' && reason === WITHDRAWN;
}

/** Answers IBKR's question about an order with yes; `replyId` is of the question that somebody said yes to. */
export async function acceptWarnings(
  trading: SubmitContext,
  { intentId, by, inputs }: Approval,
  replyId: string,
): Promise<OrderIntent> {
  const replying = await tradingTransaction(trading.db, trading.connectionId, intentId, (state) =>
    startReply(state, replyId, by, riskCheck(trading, inputs), new Date()),
  );
  return reply(trading, replying, replyId);
}

function riskCheck({ limits, rules, app }: SubmitContext, inputs: readonly RiskInputs[]): RiskCheck {
  return { inputs, limits, rules, app };
}

/** The intent once the process that sends it has said what became of it, or as it is when this call's time is over. */
export async function waitUntilSent(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  let seen = intent;
  while (seen.state === 'sending' && Date.now() + MARGIN_MS < trading.ibkr.deadline) {
    await delay(BETWEEN_LOOKS_MS);
    seen = (await findIntent(trading.db, trading.connectionId, intent.id)) ?? intent;
  }
  return seen;
}

async function draftOf(trading: SubmitContext, request: OrderRequest): Promise<OrderIntent> {
  const { order, preview, held, clientOrderId, asked } = request;
  const { connectionId, ownerUid, app, accountMode } = trading;
  const text = orderText(order);
  const orderHash = hashText(text);
  return newIntent({
    id: clientOrderId === null ? randomUUID() : await nextNamedId(trading, clientOrderId),
    connectionId,
    ownerUid,
    app,
    clientOrderId,
    order: text,
    orderHash,
    asked: asked === undefined ? null : canonicalText(asked.args),
    guardKeys: guardKeys(app, { orderHash, asked }),
    preview,
    accountMode,
    held,
    conid: order.contract.conid,
    mode: trading.approval,
    now: new Date(),
  });
}

async function nextNamedId(trading: SubmitContext, clientOrderId: string): Promise<string> {
  const named = await listNamed(trading, clientOrderId);
  const holder = holderOf(named);
  if (holder !== undefined) return holder.id;
  if (named.length >= MOST_NAMED) {
    throw new GatewayError(
      'idempotency_conflict',
      `${named.length} orders by the client_order_id ${clientOrderId} were not placed.`,
      'Use another client_order_id. Nothing was sent.',
    );
  }
  return nextId(trading, clientOrderId, named);
}

/** Whoever has an order wait for a yes must not bury others, or who is to say yes, under any number of them. */
async function assertRoomToWait({ db, connectionId }: SubmitContext): Promise<void> {
  const waiting = await countWaiting(db, connectionId);
  if (waiting < MOST_WAITING) return;
  throw new GatewayError(
    'not_placed',
    `${waiting} orders of this connection already wait for approval. Nothing was sent.`,
    'Have the owner decide on them first, or take them back with cancel_order; each expires after 15 minutes.',
  );
}

async function admitOrder(
  trading: SubmitContext,
  { duplicateMeant, inputs }: OrderRequest,
  draft: OrderIntent,
  over: string | null,
): Promise<Admission> {
  const { db, connectionId, limits, rules } = trading;
  // A name may be taken.
  const transaction = draft.clientOrderId === null ? newIntentTransaction : tradingTransaction;
  const { admission, ...letIn } = await transaction(db, connectionId, draft.id, (state) => {
    const decided = admit(state, draft, { inputs, limits, rules }, duplicateMeant, over);
    const { ledger, result: admission } = decided;
    return { ...decided, result: { admission, ledger, stopped: state.stopped } };
  });
  trading.letIn = { ...letIn, intentId: draft.id };
  return admission;
}

async function findRecentlyPlaced(
  trading: SubmitContext,
  keys: readonly string[],
  isChange: boolean,
): Promise<OrderIntent | null> {
  const ledger = await (trading.firstLook?.() ?? findLedger(trading.db, trading.connectionId));
  const recent = recentlyAsked(ledger, keys, new Date());
  return recent === null ? null : requireOver(trading, recent, isChange);
}

/**
 * An identical order, if it waits for an answer; null if it is over, so that another one may be meant.
 * @throws {GatewayError} `possible_duplicate`.
 */
async function requireOver(
  trading: SubmitContext,
  intentId: string,
  isChange: boolean,
): Promise<OrderIntent | null> {
  const found = await findIntent(trading.db, trading.connectionId, intentId);
  if (found === null) return null;
  // What was changed may have been changed back since: the same change again is meant.
  const isRead = isWaiting(found) || (found.state === 'working' && !isChange);
  const recent = isRead ? await refresh(trading, found) : found;
  if (isWaiting(recent)) return recent;
  const isAbsent = recent.state === 'not_placed' || recent.state === 'rejected';
  const age = Date.now() - (recent.sentAt ?? recent.createdAt).getTime();
  if (isChange || isAbsent || (isFinal(recent.state) && age >= DUPLICATE_MS)) return null;
  throw duplicateOf(recent);
}

function duplicateOf(intent: OrderIntent): GatewayError {
  const { id, state, ibkrOrderId } = intent;
  const { accountId } = intendedOrder(intent);
  return new GatewayError(
    'possible_duplicate',
    `This app placed the same order before, in account ${accountId}, and that one is ${inWords(state)}.`,
    'This one was not sent. If a second order is meant, call again with duplicate_ok true; else ask get_order_status with its intent_id.',
    { details: { intent_id: id, order_id: ibkrOrderId, state, account_id: accountId } },
  );
}

/** Null where nothing is kept of it any more. */
async function accountOf({ db, connectionId }: TradingContext, intentId: string): Promise<string | null> {
  const intent = await findIntent(db, connectionId, intentId);
  return intent === null ? null : intendedOrder(intent).accountId;
}

function inWords(state: OrderIntent['state']): string {
  if (state === 'sending') return 'being sent';
  return state === 'unknown' ? 'of unknown outcome' : state;
}
