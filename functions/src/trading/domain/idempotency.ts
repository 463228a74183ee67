/**
 * Which of an app's orders an order is: by the name that the app gave it, or, without one, by being identical to another.
 *
 * A name belongs to the intent that first had it for as long as IBKR may have been sent that one:
 *
 * | what became of the intent                                             | its name       |
 * | --------------------------------------------------------------------- | -------------- |
 * | waits, is being sent, is at IBKR, was filled, cancelled, refused       | stays with it  |
 * | its outcome is unknown, or IBKR had been sent it and does not have it     | stays with it  |
 * | IBKR’s question about it was declined, or nobody answered it           | stays with it  |
 * | refused by a limit, or by what kept it from leaving                    | is free        |
 * | declined, or nobody said yes in time, before it was sent               | is free        |
 *
 * So it is with Stripe’s idempotency keys, which are kept once execution has begun.
 */

import { GatewayError } from '../../errors.ts';
import { appIdentity, type OrderIntent } from './intent.ts';
import { canonicalText, hashText, intendedOrder, type ProposedOrder } from './order.ts';

/** What a caller asks for, in the caller's own terms. */
export interface CallersOrder {
  /** The arguments that say what the order is, as they were validated. */
  args: Readonly<Record<string, unknown>>;
  /** The account that calls without one mean; null when none was chosen. */
  chosenAccount: string | null;
}

/** Whether the name of an intent may be given to another one: it certainly never reached IBKR. */
export function freesName({ state, absentSince }: OrderIntent): boolean {
  return state === 'not_placed' && absentSince === null;
}

/** How to ask once more for an order that is not at IBKR. */
export function askAgain(intent: OrderIntent): string {
  const { clientOrderId } = intent;
  return clientOrderId === null || intent.state === 'awaiting_approval' || freesName(intent)
    ? 'Place it again if it is still wanted.'
    : `If it is still wanted, place it with another client_order_id: ${clientOrderId} stays with this one.`;
}

/** The intent that a name belongs to; undefined if it is free. */
export function holderOf(named: readonly OrderIntent[]): OrderIntent | undefined {
  return named.find((intent) => !freesName(intent));
}

/**
 * The id of an app's next intent of a name. Of two that are asked for at the same instant it is the same, so that the
 * database itself sees that they are one order.
 * @param named As of `listNamed`.
 */
export function nextId(
  { connectionId, app }: Pick<OrderIntent, 'connectionId' | 'app'>,
  clientOrderId: string,
  named: readonly OrderIntent[],
): string {
  for (let count = named.length; ; count++) {
    const name = [connectionId, appIdentity(app), clientOrderId, ...(count === 0 ? [] : [count])];
    const id = hashText(name.join('\n')).slice(0, 32);
    // Old ones are deleted in time, so that the count may have been there before.
    if (!named.some((intent) => intent.id === id)) return id;
  }
}

/** Whether an order asked for at the same instant under the same name is the same. */
export function isSameOrder(one: OrderIntent, other: OrderIntent): boolean {
  return one.orderHash === other.orderHash || (one.asked !== null && one.asked === other.asked);
}

/** By what an identical order is told: what it says, and what the call said, which may not be valid any more. */
export function guardKeys(
  app: OrderIntent['app'],
  { orderHash, asked }: { orderHash?: string; asked?: CallersOrder | undefined },
): string[] {
  const told = [orderHash, asked && callText(asked)].filter((text) => text !== undefined);
  return told.map((text) => hashText(`${appIdentity(app)} ${text}`).slice(0, 32));
}

function callText({ args, chosenAccount }: CallersOrder): string {
  return canonicalText({ ...args, account_id: args.account_id ?? chosenAccount });
}

/**
 * In what an order differs from the intent that has its name, as the arguments that differ: none if it is the same.
 * The arguments are compared first, for they say it also when the order could not be placed any more.
 * @param meant The order that the arguments mean now; asked for only where they are other ones.
 */
export async function differences(
  intent: OrderIntent,
  { args }: CallersOrder,
  meant: () => Promise<ProposedOrder>,
): Promise<string[]> {
  if (intent.asked === canonicalText(args)) return [];
  const order = await meant().catch((error: unknown) => {
    if (error instanceof GatewayError) return null;
    throw error;
  });
  const intended = intendedOrder(intent);
  if (order !== null && essence(order) === essence(intended)) return [];
  if (intent.asked === null) return ['order'];
  const before: Record<string, unknown> = JSON.parse(intent.asked);
  const isSameContract = order?.contract.conid === intended.contract.conid;
  const differing = [...new Set([...Object.keys(before), ...Object.keys(args)])].filter((name) => {
    if (name === 'account_id' && order?.accountId === intended.accountId) return false;
    if (NAMES_CONTRACT.includes(name) && isSameContract) return false;
    return canonicalText(before[name]) !== canonicalText(args[name]);
  });
  return differing.length === 0 ? ['order'] : differing;
}

const NAMES_CONTRACT = ['symbol', 'conid', 'exchange', 'currency'];

/** Of an order what decides whether two are the same: its contract may be described in more words by now. */
function essence({ contract, ...order }: ProposedOrder): string {
  return canonicalText({ ...order, conid: contract.conid });
}

/** @param differing As of `differences`. */
export function nameConflictError(
  intent: OrderIntent,
  args: Readonly<Record<string, unknown>>,
  differing: readonly string[],
): GatewayError {
  const before: Record<string, unknown> = intent.asked === null ? {} : JSON.parse(intent.asked);
  const words = differing
    .filter((name) => name in before || name in args)
    .map((name) => `"${name}" was ${inWords(before[name])} and is ${inWords(args[name])} now`);
  return new GatewayError(
    'idempotency_conflict',
    [`The client_order_id ${intent.clientOrderId} is that of another order`, words.join(', ')]
      .filter((part) => part !== '')
      .join(': ')
      .concat('.'),
    'If a new order is meant, give it a new client_order_id. To see the earlier one, call get_order_status with its intent_id.',
    { details: { intent_id: intent.id, state: intent.state, differs: differing } },
  );
}

function inWords(value: unknown): string {
  return value === undefined || value === null ? 'not given' : JSON.stringify(value);
}
