import { z } from 'zod';
import { inWords } from '../../../connections/broker-words.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { cancelledOutput } from '../../../contract/tool-outputs/orders.ts';
import { accountModeOutput } from '../../../contract/tool-outputs/parts.ts';
import { GatewayError } from '../../../errors.ts';
import { accountForWrite } from '../../accounts/account-choice.ts';
import { hasRoom } from '../../answer-size.ts';
import { accountArgument, flag, instrumentArguments, number, positiveAmount, text } from '../../arguments.ts';
import { findInstrument, findInstrumentByConid } from '../../contracts/instrument.ts';
import { defineTool } from '../../tool.ts';
import { orderedContract } from '../arguments/ordered-contract.ts';
import type { LedgerAndLook } from '../order-review.ts';
import { intentOutput } from '../output/intent-output.ts';
import { closePosition, type Wanted } from './closing-order.ts';
import { lookAtAccountNow } from './competing-orders.ts';

/** Left of a call's time for the answer: to cancel what has to go and to send an order takes that long. */
const MARGIN_MS = 10_000;

const closedOutput = intentOutput.partial().extend({
  cancelled: z
    .array(cancelledOutput)
    .optional()
    .describe('This app’s orders on it that were cancelled before, exits included.'),
});

export const closePositionTool = defineTool({
  name: 'close_position',
  title: 'Close a position',
  description:
    'Closes a position of an account, all of it or a part, or with all every position: sells what is held, buys back what is short, exactly as much as there is at that moment. This app’s other open orders on the instrument, exits included, are cancelled first; where a yes is needed, when it is given. Limits and approvals hold as for place_order, and the same close within 10 minutes is held back as a possible_duplicate.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: z
    .strictObject({
      ...instrumentArguments,
      all: flag().default(false).describe('Every position of the account, instead of symbol or conid.'),
      quantity: positiveAmount().optional().describe('How much of it. Default: all.'),
      percent: number(z.number().positive().max(100))
        .optional()
        .describe('The same in percent, rounded down to whole shares where whole ones are held.'),
      limit_price: positiveAmount().optional().describe('Closes with a limit order. Default: at market.'),
      client_order_id: text(50).optional().describe('As of place_order.'),
      duplicate_ok: flag().default(false).describe('As of place_order.'),
      ...accountArgument,
    })
    .superRefine(({ symbol, conid, all, quantity, percent, limit_price }, check) => {
      const refuse = (message: string) => check.addIssue({ code: 'custom', message });
      const named = [symbol, conid, all || undefined].filter((one) => one !== undefined).length;
      if (named === 0) refuse('give the symbol or conid of the position, or all');
      if (named > 1) refuse('give only one of symbol, conid and all');
      if (quantity !== undefined && percent !== undefined) refuse('give only one of quantity and percent');
      if (all && (quantity ?? limit_price) !== undefined)
        refuse('with all there is neither quantity nor limit_price');
    }),
  output: closedOutput.extend({
    account_id: z.string(),
    mode: accountModeOutput,
    positions: z
      .array(
        closedOutput.extend({
          conid: z.number(),
          error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
        }),
      )
      .optional()
      .describe('With all: each position.'),
    not_reached: z
      .number()
      .optional()
      .describe(
        'With all: positions for which the call had neither time nor room. The same call goes on with them.',
      ),
  }),
  async run(args, context) {
    const account = await accountForWrite(context, args.account_id);
    context.orderAccountId = account.accountId;
    const { quantity, percent, limit_price: limitPrice, client_order_id, duplicate_ok } = args;
    const wanted = { account, quantity, percent, limitPrice, duplicateMeant: duplicate_ok };
    if (args.all) return closeAll(context, { ...wanted, clientOrderId: client_order_id ?? null });
    const contract = await orderedContract(context, await findInstrument(context, args));
    return closePosition(context, { ...wanted, contract, clientOrderId: client_order_id ?? null });
  },
});

/** One after the other; what keeps one position from being closed does not keep the others. */
async function closeAll(context: ToolContext, wanted: Omit<Wanted, 'contract'>) {
  const { accountId } = wanted.account;
  const seen = await lookAtAccountNow(context, accountId);
  const held = [...seen.look.holdings.held]
    .filter(([, quantity]) => quantity !== 0)
    // What is short is bought back before what may cover it is sold.
    .toSorted(([, one], [, other]) => one - other);
  const answer = { account_id: accountId, mode: context.connection.mode };
  const positions: ClosedPosition[] = [];
  for (const [index, [conid]] of held.entries()) {
    if (Date.now() + MARGIN_MS > context.ibkr.deadline || !hasRoom(positions, context)) {
      return { ...answer, positions, not_reached: held.length - index };
    }
    positions.push({ ...(await closeOneOf(context, wanted, conid, seen)), conid });
  }
  return { ...answer, positions };
}

type ClosedPosition = Awaited<ReturnType<typeof closeOneOf>> & { conid: number };

async function closeOneOf(
  context: ToolContext,
  wanted: Omit<Wanted, 'contract'>,
  conid: number,
  seen: LedgerAndLook,
) {
  try {
    const contract = await orderedContract(context, await findInstrumentByConid(context, conid));
    const name = wanted.clientOrderId;
    const clientOrderId = name === null ? null : `${name}:${conid}`;
    const {
      account_id: _,
      mode: __,
      ...closed
    } = await closePosition(context, { ...wanted, contract, clientOrderId }, seen);
    return closed;
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, hint } = error;
    return { error: { code, message, hint } };
  }
}
