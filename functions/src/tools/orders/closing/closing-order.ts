/** How a position is closed: exactly what is there, once, and with nothing left that would trade it again. */
import type { z } from 'zod';
import type { Account } from '../../../broker/accounts/accounts.ts';
import { futuresOperator } from '../../../broker/orders/order-ticket.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { CancelledOrder } from '../../../contract/tool-outputs/orders.ts';
import { GatewayError } from '../../../errors.ts';
import type { OrderedContract } from '../../../trading/domain/order.ts';
import { approvalMode } from '../../../trading/engine/submit-context.ts';
import type { OrderForAccount } from '../arguments/order-for-account.ts';
import { problemSentences, problemsWith, refusedArguments } from '../arguments/propose-order.ts';
import { type LedgerAndLook, orderAskedBefore, requestOrder } from '../order-review.ts';
import type { intentOutput } from '../output/intent-output.ts';
import {
  addCancelled,
  assertMayClose,
  cancelCompetingOrders,
  lookAtAccountNow,
  reviewClosing,
} from './competing-orders.ts';

/** Which position is to be closed, and how. */
export interface Wanted {
  account: Account;
  contract: OrderedContract;
  /** One of the two, or all of it. */
  quantity: number | undefined;
  percent: number | undefined;
  /** Left out: at market. */
  limitPrice: number | undefined;
  clientOrderId: string | null;
  duplicateMeant: boolean;
}

type Closed = z.output<typeof intentOutput> & { cancelled?: CancelledOrder[] };

/**
 * Closes a position, or has that wait for a yes.
 * @param seen The account as it was looked at a moment ago.
 * @throws {GatewayError} as `place_order`; `not_found` where there is no such position.
 */
export async function closePosition(
  context: ToolContext,
  wanted: Wanted,
  seen?: LedgerAndLook,
): Promise<Closed> {
  const { account, contract, quantity, percent, limitPrice, clientOrderId, duplicateMeant } = wanted;
  const { accountId } = account;
  const args = { closes: contract.conid, quantity, percent, limitPrice, account_id: accountId };
  const asking = { clientOrderId, duplicateMeant, asked: { args, chosenAccount: null } };
  let look = seen;
  const looked = async () => {
    look ??= await lookAtAccountNow(context, accountId);
    return look;
  };
  const known = await orderAskedBefore(
    context,
    asking,
    async () => composeClosingOrder(wanted, await looked()).order,
  );
  if (known !== null) return known;
  const before = await looked();
  const proposed = composeClosingOrder(wanted, before);
  const problems = await problemsWith(context, proposed.order.ticket, { contract, account });
  const given = { ...args, limit_price: limitPrice };
  if (problems.length > 0) throw refusedArguments(problemSentences(problems, given));
  if (approvalMode(context) !== 'none') {
    const { review } = await reviewClosing(context, proposed, before);
    await assertMayClose(context, proposed, review, duplicateMeant);
    return requestOrder(context, proposed, asking, { review, held: heldOf(contract, before) });
  }
  const cleared = await cancelCompetingOrders(context, proposed, { seen: before, duplicateMeant });
  const { cancelled } = cleared;
  try {
    // One of those that had to go may have filled first.
    const now = composeClosingOrder(wanted, cleared.seen);
    const isSame = now.order.ticket.quantity === proposed.order.ticket.quantity;
    const { review } = isSame ? cleared : await reviewClosing(context, now, cleared.seen);
    const held = heldOf(contract, cleared.seen);
    const placed = await requestOrder(context, now, asking, { review, held });
    return cancelled.length === 0 ? placed : { ...placed, cancelled };
  } catch (caught) {
    throw addCancelled(caught, cancelled);
  }
}

function heldOf({ conid }: OrderedContract, { look }: LedgerAndLook): number {
  return look.holdings.held.get(conid) ?? 0;
}

/** @throws {GatewayError} `not_found`, `invalid_arguments`. */
function composeClosingOrder(
  { account, contract, quantity: asked, percent, limitPrice }: Wanted,
  seen: LedgerAndLook,
): OrderForAccount {
  const { accountId } = account;
  const { conid, secType } = contract;
  const name = contract.description ?? contract.symbol;
  if (secType === 'CASH') {
    throw new GatewayError(
      'invalid_arguments',
      `${name} is money, which is no position that could be closed.`,
      'Nothing was sent. Convert currencies with place_order.',
    );
  }
  const held = heldOf(contract, seen);
  if (held === 0) {
    throw new GatewayError(
      'not_found',
      `Account ${accountId} holds no ${name}.`,
      'Nothing was sent. get_portfolio lists the positions.',
    );
  }
  const size = Math.abs(held);
  const quantity = asked ?? partOf(size, percent ?? 100);
  if (quantity > size || quantity === 0) {
    throw new GatewayError(
      'invalid_arguments',
      asked === undefined
        ? `"percent" is ${percent}: of ${size} ${name} that rounds down to nothing.`
        : `"quantity" is ${asked}: account ${accountId} ${held < 0 ? 'is short of' : 'holds'} ${size} ${name}.`,
      'Nothing was sent. Correct the arguments, or leave both out to close all of it.',
    );
  }
  return {
    account,
    order: {
      accountId,
      contract,
      ticket: {
        conid,
        side: held > 0 ? 'SELL' : 'BUY',
        quantity,
        ...(limitPrice === undefined
          ? { orderType: 'MKT' as const }
          : { orderType: 'LMT' as const, limitPrice }),
        tif: 'DAY',
        futuresOperator: futuresOperator(accountId, secType),
      },
      closes: true,
    },
  };
}

/** Of whole shares whole ones; of fractions as many decimals as any position has. */
function partOf(size: number, percent: number): number {
  const steps = Number.isInteger(size) ? 1 : 10_000;
  return percent === 100 ? size : Math.floor(Number(((size * percent * steps) / 100).toFixed(6))) / steps;
}
