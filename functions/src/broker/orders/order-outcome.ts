/** What IBKR answers to an order, a modification or a reply, and what that means. */

import { z } from 'zod';
import { cleanText, plainText } from '../../text/outside-text.ts';
import { id, optionalProse, optionalText, prose, text } from '../wire/wire-fields.ts';
import { exitsOf, type OrderTicket } from './order-ticket.ts';

/** An order IBKR has taken in. `status` is of that moment and IBKR's word. */
export interface PlacedOrder {
  orderId: string;
  /** Null for exits, which have none. */
  clientOrderId: string | null;
  /** Of an exit: the order it belongs to. */
  parentOrderId: string | null;
  status: string;
}

export type OrderOutcome =
  | {
      kind: 'accepted';
      orderId: string;
      status: string;
      /** The exits that IBKR took with it, or the other order of a pair. */
      others: PlacedOrder[];
      /** Why IBKR did not take the rest of them. */
      refusals: string[];
    }
  /**
   * Answer it at once with `replyToQuestion`: IBKR forgets it with the next order call and after a while. Usually
   * there is one id for each message; without that nobody can tell which message an id is of.
   */
  | { kind: 'question'; replyId: string; messages: string[]; messageIds: string[] }
  /**
   * There is no order; of a modification: the order stays as it was. After a yes to a question IBKR may have taken it
   * all the same: look before you say so.
   */
  | { kind: 'rejected'; reason: string; afterYes?: true }
  /** IBKR has had an order with this client order id in the last 24 hours: that one, not a second. */
  | { kind: 'duplicate'; reason: string }
  /** The question is gone. The order may still go live with the next question of its kind: look it up. */
  | { kind: 'expired'; reason: string }
  /** IBKR answered, and from that alone it is not known which orders there are: look them up. */
  | { kind: 'unknown'; orderId: string | null; reason: string };

type Question = Extract<OrderOutcome, { kind: 'question' }>;

export const NO_REASON = 'IBKR gave no reason.';

type AnswerRow =
  | ({ kind: 'placed' } & PlacedOrder)
  | { kind: 'refused'; reason: string }
  /** A refusal of the whole request. */
  | { kind: 'error'; reason: string }
  | Question
  | { kind: 'prompt'; orderId: string; reason: string };

const placedRow = z
  .object({
    order_id: id.refine((orderId) => orderId !== '0', 'no order has that'),
    order_status: text,
    local_order_id: optionalText,
    parent_order_id: optionalText,
    text: optionalProse,
    warning_message: optionalProse,
  })
  .transform((row): AnswerRow => {
    // A refusal in the form of an order.
    if (row.order_id === '-1' || row.order_status.toLowerCase() === 'failed') {
      return { kind: 'refused', reason: row.text ?? row.warning_message ?? NO_REASON };
    }
    return {
      kind: 'placed',
      orderId: row.order_id,
      clientOrderId: row.local_order_id,
      parentOrderId: row.parent_order_id,
      status: row.order_status,
    };
  });

/** They are as `o163`. */
const MOST_MESSAGE_ID_CHARACTERS = 40;

const questionRow = z
  .object({
    id: text,
    message: z.array(z.string()),
    messageIds: z
      .array(z.string())
      .nullish()
      .transform((ids) => (ids ?? []).map((id) => plainText(id, MOST_MESSAGE_ID_CHARACTERS))),
  })
  .transform(
    (row): AnswerRow => ({
      kind: 'question',
      replyId: row.id,
      messages: row.message.map(cleanText),
      messageIds: row.messageIds,
    }),
  );

/** IBKR offers to change an order that it holds back; only its own apps can take that up. */
const promptRow = z
  .object({ orderId: id, prompt: z.literal(true), text: optionalProse })
  .transform((row): AnswerRow => ({ kind: 'prompt', orderId: row.orderId, reason: row.text ?? NO_REASON }));

const errorRow = z
  .object({ error: prose })
  .transform(({ error }): AnswerRow => ({ kind: 'error', reason: error }));

const answerRow = z.union([placedRow, questionRow, promptRow, errorRow]);

/** An array, or the bare object: both occur. Its rows are in no particular order. */
export const orderAnswerSchema = z.union([
  z.array(answerRow).min(1),
  answerRow.transform((row): AnswerRow[] => [row]),
]);

/**
 * What an answer means for the orders that were sent.
 * @param sent The tickets, the first being the one the outcome is about; empty when a single order may be assumed.
 */
export function outcomeOf(rows: readonly AnswerRow[], sent: readonly OrderTicket[] = []): OrderOutcome {
  const placed = rows.filter((row) => row.kind === 'placed');
  const question = jointQuestion(rows.filter((row) => row.kind === 'question'));
  const [prompt] = rows.filter((row) => row.kind === 'prompt');
  const refusals = rows.filter((row) => row.kind === 'refused' || row.kind === 'error');
  if (prompt !== undefined) return { kind: 'unknown', orderId: prompt.orderId, reason: prompt.reason };
  const main =
    placed.find(({ clientOrderId }) => clientOrderId !== null && clientOrderId === sent[0]?.clientOrderId) ??
    placed.find(({ parentOrderId }) => parentOrderId === null);
  if (question !== undefined && placed.length === 0) return question;
  if (question === undefined && main !== undefined) {
    return {
      kind: 'accepted',
      orderId: main.orderId,
      status: main.status,
      others: placed.filter((row) => row !== main).map(({ kind: _, ...order }) => order),
      refusals: refusals.map(({ reason }) => reason),
    };
  }
  if (placed.length > 0) {
    const orderId = main?.orderId ?? placed[0]?.parentOrderId ?? null;
    return { kind: 'unknown', orderId, reason: 'IBKR answered about a part of the orders only.' };
  }
  return refusalOf(refusals, sent);
}

/** Several questions in one answer are shown as one, without ids: a yes to the first may be one to all of them. */
function jointQuestion(questions: readonly Question[]): Question | undefined {
  const [first] = questions;
  if (first === undefined || questions.length === 1) return first;
  return { ...first, messages: questions.flatMap(({ messages }) => messages), messageIds: [] };
}

/** What says that IBKR, or something before it, failed rather than refused. */
const FAILED = /tim(ed?|ing)[ -]?out|unavailable|internal (server )?error|bad gateway|try again/i;

/**
 * What a refusal in IBKR's own words means, whatever its HTTP status was. IBKR refuses an order with 200 and 400 (§6.2
 * of its documentation: malformed bodies, what it does not allow); the words with other statuses may be another's.
 */
export function outcomeOfRefusal(
  status: number | null,
  reason: string,
  sent: readonly OrderTicket[],
): OrderOutcome {
  const told = refusalOf([{ kind: 'error', reason }], sent);
  return told.kind === 'rejected' && status !== 400 ? { kind: 'unknown', orderId: null, reason } : told;
}

function refusalOf(
  refusals: readonly { kind: 'refused' | 'error'; reason: string }[],
  sent: readonly OrderTicket[],
): OrderOutcome {
  const reason = refusals.map((row) => row.reason).join(' ');
  if (/already registered/i.test(reason)) return { kind: 'duplicate', reason };
  if (/reply id not found/i.test(reason)) return { kind: 'expired', reason };
  if (FAILED.test(reason)) return { kind: 'unknown', orderId: null, reason };
  // One error for several orders can be about an exit, with the entry placed all the same.
  const isAboutAll = !isGroup(sent) || refusals.every(({ kind }) => kind === 'refused');
  if (isAboutAll || /not confirmed/i.test(reason)) return { kind: 'rejected', reason };
  return { kind: 'unknown', orderId: null, reason };
}

function isGroup(sent: readonly OrderTicket[]): boolean {
  return sent.length > 1 || sent.some((ticket) => exitsOf(ticket).length > 0);
}
