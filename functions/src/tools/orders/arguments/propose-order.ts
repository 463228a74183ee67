/** From the arguments of a tool to the order they mean, every choice made. */

import type { Account } from '../../../broker/accounts/accounts.ts';
import { getContractOrderRules } from '../../../broker/contracts/contract-order-rules.ts';
import type { Contract } from '../../../broker/contracts/contracts.ts';
import { getQuotes } from '../../../broker/market/market-data.ts';
import { takesOutsideRth } from '../../../broker/order-types.ts';
import type { ComboLeg } from '../../../broker/orders/combo.ts';
import { futuresOperator } from '../../../broker/orders/order-ticket.ts';
import { ticketProblems } from '../../../broker/orders/rules/order-rules.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { type ArgumentProblem, ticketWords } from '../../../connections/ticket-words.ts';
import { GatewayError } from '../../../errors.ts';
import type { OrderedContract, ProposedOrder } from '../../../trading/domain/order.ts';
import { marketPriceOf } from '../../../trading/engine/risk-inputs.ts';
import { findInstrument } from '../../contracts/instrument.ts';
import { type OrderArguments, pricesOf } from './order-arguments.ts';
import type { OrderForAccount } from './order-for-account.ts';
import { legContracts, orderedCombo, orderedContract } from './ordered-contract.ts';

type Ticket = ProposedOrder['ticket'];

/** The order that the arguments mean, whatever IBKR would say of it; `legs` of a combo. */
export async function composeOrder(
  args: OrderArguments,
  context: ToolContext,
  account: Account,
): Promise<{ order: ProposedOrder; legs: Contract[] | undefined }> {
  const { contract, legs } = await orderedBy(args, context);
  const ticket = ticketOf(args, account, contract);
  const order: ProposedOrder = {
    accountId: account.accountId,
    contract,
    ticket,
    ...(args.oca === undefined ? {} : { oca: otherTicket(args.oca, ticket) }),
  };
  return { order, legs };
}

/**
 * The order that the arguments mean.
 * @throws {GatewayError} `invalid_arguments` naming each argument that IBKR would refuse.
 */
export async function proposeOrder(
  args: OrderArguments,
  context: ToolContext,
  account: Account,
): Promise<OrderForAccount> {
  const { order, legs } = await composeOrder(args, context, account);
  const { contract, ticket } = order;
  const check = (checked: Ticket) => problemsWith(context, checked, { contract, account, legs });
  const problems = await check(ticket);
  const others = order.oca === undefined ? [] : await check(order.oca);
  const sentences = [
    ...problemSentences(problems, args),
    ...problemSentences(others, args.oca ?? {}, 'oca.'),
  ];
  if (sentences.length > 0) throw refusedArguments(sentences);
  return { order, account };
}

async function orderedBy(
  args: OrderArguments,
  context: ToolContext,
): Promise<{ contract: OrderedContract; legs?: Contract[] }> {
  if (args.legs === undefined) {
    return { contract: await orderedContract(context, await findInstrument(context, args)) };
  }
  const legs = await legContracts(context, args.legs);
  return { contract: await orderedCombo(context, legs), legs };
}

function ticketOf(args: OrderArguments, { accountId }: Account, contract: OrderedContract): Ticket {
  const { take_profit_price: profit, stop_loss_price: loss, stop_loss_limit_price: lossLimit } = args;
  return {
    conid: contract.conid,
    ...(args.legs !== undefined && { exchange: args.exchange, legs: args.legs.map(signedLeg) }),
    side: args.side ?? 'BUY',
    orderType: args.order_type,
    ...pricesOf(args),
    tif: args.tif,
    goodTillDate: args.good_till_date,
    outsideRth: args.outside_rth,
    quantity: args.quantity,
    cashQuantity: args.cash_quantity,
    takeProfit: profit === undefined ? undefined : { limitPrice: profit },
    stopLoss: loss === undefined ? undefined : { stopPrice: loss, limitPrice: lossLimit },
    futuresOperator: futuresOperator(accountId, (contract.legs?.[0] ?? contract).secType),
  };
}

function signedLeg({ conid, side, ratio }: NonNullable<OrderArguments['legs']>[number]): ComboLeg {
  return { conid, ratio: side === 'BUY' ? ratio : -ratio };
}

/** The other half of a pair: what it does not name is as in the first. */
function otherTicket(args: NonNullable<OrderArguments['oca']>, first: Ticket): Ticket {
  return {
    ...first,
    side: args.side ?? first.side,
    quantity: args.quantity ?? first.quantity,
    orderType: args.order_type,
    ...pricesOf(args),
    outsideRth: first.outsideRth === true && takesOutsideRth(args.order_type),
  };
}

interface CheckedAgainst {
  contract: OrderedContract;
  account: Account;
  /** Of a combo. */
  legs?: readonly Contract[] | undefined;
}

/** What IBKR would refuse about a ticket. */
export async function problemsWith(
  { ibkr }: ToolContext,
  ticket: Ticket,
  { contract, account, legs }: CheckedAgainst,
): Promise<ArgumentProblem[]> {
  const problems = ticketProblems(
    { ...ticket, clientOrderId: 'checked' },
    {
      secType: contract.secType,
      currency: contract.currency,
      expiry: contract.derivative?.expiry,
      rules: legs === undefined ? await getContractOrderRules(ibkr, contract.conid) : null,
      ...(legs === undefined ? {} : { legs }),
      account,
      lastPrice: await lastPriceFor(ibkr, ticket),
      now: new Date(),
    },
  );
  return problems.map(ticketWords);
}

/**
 * Holds the exits of an order that waited against the market as it is now: beyond it they would fill, or trigger, at once.
 * @throws {GatewayError} `order_rejected`.
 */
export async function checkExitsNow(
  context: ToolContext,
  { contract, ticket }: ProposedOrder,
  account: Account,
): Promise<void> {
  if ((ticket.takeProfit ?? ticket.stopLoss) === undefined) return;
  const problems = await problemsWith(context, ticket, { contract, account });
  const ofExits = problems.filter(({ argument }) => EXIT_ARGUMENTS.includes(argument));
  if (ofExits.length === 0) return;
  const prices = {
    take_profit_price: ticket.takeProfit?.limitPrice,
    stop_loss_price: ticket.stopLoss?.stopPrice,
    stop_loss_limit_price: ticket.stopLoss?.limitPrice,
  };
  throw new GatewayError(
    'order_rejected',
    `The market has moved since the order was asked for. ${problemSentences(ofExits, prices).join(' ')}`,
    'Nothing was sent. Take the order back, and place it with exits that fit if it is still wanted.',
  );
}

const EXIT_ARGUMENTS: readonly ArgumentProblem['argument'][] = [
  'take_profit_price',
  'stop_loss_price',
  'stop_loss_limit_price',
];

/** Exits are measured by where the market is; nothing else is, before IBKR is asked. */
async function lastPriceFor(ibkr: ToolContext['ibkr'], ticket: Ticket): Promise<number | null> {
  if (ticket.legs !== undefined || (ticket.takeProfit ?? ticket.stopLoss) === undefined) return null;
  const [quote] = await getQuotes(ibkr, [ticket.conid]);
  return quote === undefined ? null : marketPriceOf(quote);
}

/** A sentence for each problem, naming the argument, what it was and what would be right. */
export function problemSentences(
  problems: readonly ArgumentProblem[],
  args: Readonly<Record<string, unknown>>,
  prefix = '',
): string[] {
  return problems.map(({ argument, problem, accepted }) => {
    // The contract may have been named by its symbol, or by the order that is changed.
    const value = args[argument] ?? (argument === 'conid' ? (args.symbol ?? args.order_id) : undefined);
    const given = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
    return `"${prefix}${argument}" ${given}: ${problem} Accepted: ${accepted}.`;
  });
}

export function refusedArguments(sentences: readonly string[]): GatewayError {
  return new GatewayError(
    'invalid_arguments',
    sentences.join(' '),
    'Nothing was sent: IBKR would refuse the order. Correct the arguments and call again.',
  );
}
