import { readOrder } from '../../broker/orders/read-order.ts';
import { loginAccounts, type ToolContext } from '../../connections/call-context.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { intendedOrder } from '../../trading/domain/order.ts';
import type { RiskInputs } from '../../trading/domain/risk/limit-checks.ts';
import { assertWaitingFor, type MeantYes } from '../../trading/domain/transitions.ts';
import { toYes } from '../../trading/engine/submit.ts';
import { findAccount } from '../accounts/account-choice.ts';
import { checkExitsNow } from './arguments/propose-order.ts';
import { cancelCompetingOrders } from './closing/competing-orders.ts';
import { reviewOrder } from './order-review.ts';

/**
 * The risk inputs of an order that waits, at the time of the yes to it. What has to go before an order that closes a
 * position is cancelled then, and for no yes that comes too late or is to something else.
 * @throws {GatewayError} also `approval_expired`; `account_mode_mismatch`, when IBKR says live of a connection that says
 * paper; and `order_rejected`, when the market has moved past one of its exits.
 */
export async function riskInputsNow(
  context: ToolContext,
  intent: OrderIntent,
  yes: MeantYes = toYes(intent),
): Promise<readonly RiskInputs[]> {
  assertWaitingFor(intent, yes, new Date());
  const order = intendedOrder(intent);
  const { accountId, modifies } = order;
  const account = findAccount(await loginAccounts(context), accountId);
  if (order.closes === true && modifies === undefined)
    return (await cancelCompetingOrders(context, { order, account })).review.inputs;
  const changed = modifies === undefined ? undefined : await readOrder(context.ibkr, accountId, modifies);
  await checkExitsNow(context, order, account);
  const { inputs } = await reviewOrder(context, { order, account, ...(changed && { changed }) });
  return inputs;
}
