/** How tools take which order is meant, and how it is reached: by any of its names, in whichever account it is. */

import { z } from 'zod';
import type { Account } from '../../../broker/accounts/accounts.ts';
import type { Order } from '../../../broker/orders/order-answers.ts';
import { findListed } from '../../../broker/orders/read-order.ts';
import { inWords } from '../../../connections/broker-words.ts';
import { loginAccounts, type ToolContext } from '../../../connections/call-context.ts';
import { GatewayError } from '../../../errors.ts';
import { findIntent, listIntentsOfOrders, listNamed } from '../../../store/orders/order-intents.ts';
import { holderOf } from '../../../trading/domain/idempotency.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { intendedOrder, isChange } from '../../../trading/domain/order.ts';
import { tradingContext } from '../../../trading/engine/submit-context.ts';
import { currentAccount, findAccount, isSameAccount } from '../../accounts/account-choice.ts';
import { accountArgument, orderIdArgument, text } from '../../arguments.ts';

const referenceArguments = {
  order_id: orderIdArgument().optional().describe('From place_order or get_orders.'),
  intent_id: text(64).optional().describe('Instead of order_id.'),
  client_order_id: text(64).optional().describe('Instead of order_id: your own name for it.'),
};

/** What a tool is told to know an order by: exactly one of its names. */
export interface OrderReference {
  order_id?: string | undefined;
  intent_id?: string | undefined;
  client_order_id?: string | undefined;
  account_id?: string | undefined;
}

/** The input of a tool that takes an order, and the given arguments besides. */
export function orderReferenceInput<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject({ ...referenceArguments, ...shape, ...accountArgument })
    .superRefine((args, check) => {
      // The compiler cannot see through the generic shape.
      const { order_id, intent_id, client_order_id } = args as OrderReference;
      const named = [order_id, intent_id, client_order_id].filter((name) => name !== undefined).length;
      const refuse = (message: string) => check.addIssue({ code: 'custom', message });
      if (named === 0)
        refuse(
          'give the order_id of the order, or its intent_id or client_order_id, as get_orders lists them',
        );
      if (named > 1) refuse('give only one of order_id, intent_id and client_order_id');
    });
}

/** The order that a call means. */
export interface ReferencedOrder {
  accountId: string;
  /** IBKR's id; null while none is known. */
  orderId: string | null;
  /**
   * What was asked for here: the intent that was named, or the one that placed the order or, of an order from elsewhere,
   * changed it. Null: nothing is known of it here.
   */
  intent: OrderIntent | null;
  /** It was named by IBKR's id, so that it is that one order. */
  isByOrderId: boolean;
  /** All that was asked for here of the order, the oldest first, where that was read to find it. */
  intents?: OrderIntent[];
  /** Its row, where the lists had to be read to find its account. */
  listed: Order | null;
}

/** Left of a call's time for what is to be done with the order. */
const MARGIN_MS = 8_000;

/**
 * The order that a call means. Of an order that was asked for here the account is known; others are looked for in the
 * account that is named, or else in all of the login.
 * @throws {GatewayError} `not_found`; `invalid_arguments` when the order is in another account than the one named;
 * `ibkr_unavailable` when not all accounts could be looked at; `account_mode_mismatch`.
 */
export async function findReferencedOrder(
  context: ToolContext,
  reference: OrderReference,
): Promise<ReferencedOrder> {
  const meant = await lookUpReferenced(context, reference);
  context.orderAccountId = meant.accountId;
  return meant;
}

async function lookUpReferenced(context: ToolContext, reference: OrderReference): Promise<ReferencedOrder> {
  const { order_id: orderId, account_id: named } = reference;
  await checkMode(context);
  const asked = await intentOf(context, reference);
  if (asked !== null) {
    const { accountId } = assertInAccount(asked, named, `The order ${asked.id}`);
    return { accountId, orderId: orderIdIn(asked), intent: asked, isByOrderId: false, listed: null };
  }
  if (orderId === undefined || !isIbkrId(orderId)) throw noSuchIdError(orderId ?? '');
  const intents = await listIntentsOfOrders(context.db, context.connection.id, [orderId]);
  const intent = intents.find((one) => !isChange(one)) ?? intents[0];
  if (intent === undefined) return findFromElsewhere(context, orderId, named);
  const { accountId } = assertInAccount(intent, named, `Order ${orderId}`);
  return { accountId, orderId, intent, isByOrderId: true, intents, listed: null };
}

/**
 * Nothing is read or changed in an account of the other mode. A login that cannot be looked at keeps no cancellation from
 * going out.
 */
async function checkMode(context: ToolContext): Promise<void> {
  try {
    await loginAccounts(context);
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError) || error.code === 'account_mode_mismatch') throw error;
  }
}

/** IBKR's own ids are digits, and -1 means every order of the account. */
function isIbkrId(orderId: string): boolean {
  return /^[1-9]\d*$/.test(orderId);
}

/** The intent that is named, also in the place of IBKR's id; null where it is an order of IBKR's. */
async function intentOf(context: ToolContext, reference: OrderReference): Promise<OrderIntent | null> {
  const { order_id: orderId } = reference;
  if (orderId === undefined) return findNamedIntent(context, reference);
  return isIbkrId(orderId) ? null : findIntent(context.db, context.connection.id, orderId);
}

/**
 * The intent of that id, or of the name that the calling app gave it.
 * @throws {GatewayError} `not_found`.
 */
export async function findNamedIntent(
  context: ToolContext,
  { intent_id: id, client_order_id: name }: Pick<OrderReference, 'intent_id' | 'client_order_id'>,
): Promise<OrderIntent> {
  const { db, connection } = context;
  if (name === undefined) {
    const intent = await findIntent(db, connection.id, id ?? '');
    if (intent !== null) return intent;
    throw new GatewayError(
      'not_found',
      `There is no order with the intent_id ${id} on this connection.`,
      'Use an intent_id that place_order or get_orders answered.',
    );
  }
  // A name whose order never reached IBKR may have been given to another one since.
  const named = await listNamed(tradingContext(context), name);
  const intent = holderOf(named) ?? named.at(-1);
  if (intent !== undefined) return intent;
  throw new GatewayError(
    'not_found',
    `This app has asked for no order with the client_order_id ${name} on this connection.`,
    'get_orders lists the orders of the connection with all their ids.',
  );
}

/** IBKR's id of the order of an intent: of a pair the one that has filled, of a change the one that it changes. */
export function orderIdIn(intent: OrderIntent): string | null {
  return intendedOrder(intent).modifies ?? intent.filledOrderId ?? intent.ibkrOrderId;
}

function assertInAccount(
  intent: OrderIntent,
  named: string | undefined,
  order: string,
): { accountId: string } {
  const { accountId } = intendedOrder(intent);
  if (named === undefined || isSameAccount(named, accountId)) return { accountId };
  throw new GatewayError(
    'invalid_arguments',
    `${order} is in account ${accountId}, not in ${named}.`,
    `Leave account_id out, or give ${accountId}.`,
    { details: { intent_id: intent.id, account_id: accountId } },
  );
}

async function findFromElsewhere(
  context: ToolContext,
  orderId: string,
  named: string | undefined,
): Promise<ReferencedOrder> {
  const found = (accountId: string, listed: Order | null): ReferencedOrder => ({
    accountId,
    orderId,
    intent: null,
    isByOrderId: true,
    intents: [],
    listed,
  });
  const list = await loginAccounts(context);
  if (named !== undefined) return found(findAccount(list, named).accountId, null);
  const [only, ...others] = list.accounts;
  if (others.length === 0) return found(only.accountId, null);
  const current = currentAccount(context, list).account ?? only;
  const rest = list.accounts.filter((account) => account !== current);
  const listed = await searchAccounts(context, [current, ...rest], orderId);
  return found(listed.accountId, listed.order);
}

function noSuchIdError(orderId: string): GatewayError {
  return new GatewayError(
    'not_found',
    `There is no order ${orderId}: IBKR's ids of orders are digits.`,
    'Take the order_id from get_orders, or name the order by its intent_id or client_order_id.',
  );
}

/** One account after the other, since IBKR lists the orders of the selected one. */
async function searchAccounts(
  { ibkr }: ToolContext,
  accounts: readonly Account[],
  orderId: string,
): Promise<{ accountId: string; order: Order | null }> {
  const without: string[] = [];
  const unread: string[] = [];
  for (const { accountId } of accounts) {
    if (Date.now() + MARGIN_MS > ibkr.deadline) {
      unread.push(accountId);
      continue;
    }
    try {
      const { order, isThere, mayBeUnread } = await findListed(ibkr, accountId, orderId);
      if (order !== null || isThere) return { accountId, order };
      (mayBeUnread ? unread : without).push(accountId);
    } catch (caught) {
      const error = inWords(caught);
      if (!(error instanceof GatewayError)) throw error;
      unread.push(accountId);
    }
  }
  throw notListedError(orderId, without, unread);
}

/**
 * Says where an order was looked for in vain.
 * @param unread The accounts whose orders could not be read.
 */
export function notListedError(
  orderId: string,
  without: readonly string[],
  unread: readonly string[] = [],
): GatewayError {
  const looked =
    without.length === 0
      ? `The account of order ${orderId} is not known.`
      : `IBKR lists no order ${orderId} in ${without.join(', ')}, neither open nor of today.`;
  if (unread.length === 0) {
    return new GatewayError(
      'not_found',
      looked,
      'get_orders with account_id lists the orders of an account; get_trades lists executions of the last days.',
    );
  }
  return new GatewayError(
    'ibkr_unavailable',
    `${looked} The orders of ${unread.join(', ')} could not be read in time.`,
    'If you know its account, call again with account_id; else call again in a moment.',
    { details: { order_id: orderId, accounts_without: without, accounts_unread: unread } },
  );
}
