/** What the owner does on the console's pages, and what the schedule does, inside an instance of the service. */

import { inWords } from '../../../functions/src/connections/broker-words.ts';
import { toolContext } from '../../../functions/src/connections/call-context.ts';
import { ibkrClientInUse } from '../../../functions/src/connections/pool.ts';
import { GatewayError } from '../../../functions/src/errors.ts';
import { keepOrders } from '../../../functions/src/jobs/order-upkeep.ts';
import type { Service } from '../../../functions/src/service.ts';
import { findConnection } from '../../../functions/src/store/connections.ts';
import { revokeAllApiKeys } from '../../../functions/src/store/credentials/api-keys.ts';
import { findAppRules } from '../../../functions/src/store/credentials/credentials.ts';
import { findOwnIntent } from '../../../functions/src/store/order-intents.ts';
import { beginPanic } from '../../../functions/src/store/panics.ts';
import { riskInputsNow } from '../../../functions/src/tools/orders/risk-inputs-now.ts';
import { acceptWarnings, approve, rejectWaiting } from '../../../functions/src/trading/engine/submit.ts';
import { tradingContext } from '../../../functions/src/trading/engine/submit-context.ts';
import { cancelAllOrders, declineWaiting } from '../../../functions/src/trading/kill-switch/kill-switch.ts';

export const OWNER_UID = 'owner';

export type OwnerAct =
  /** Yes or no to an order, or to IBKR's question about it, as it is then. */
  | { act: 'approve' | 'decline'; connectionId: string; intentId: string }
  | { act: 'stop'; connectionId: string }
  /** The schedule's, of orders. */
  | { act: 'upkeep'; connectionId: string };

/** @returns the state of the intent, or the code of the error; of other acts `done`. */
export async function ownerActs(service: Service, asked: OwnerAct): Promise<string> {
  try {
    switch (asked.act) {
      case 'upkeep':
        await keepOrders(service, asked.connectionId, new Date());
        return 'done';
      case 'stop':
        await stop(service, asked.connectionId);
        return 'done';
      default:
        return await decide(service, asked);
    }
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

async function stop(service: Service, connectionId: string): Promise<void> {
  const { db } = service;
  const connection = await findConnection(db, OWNER_UID, connectionId);
  if (connection === null) throw new Error('The connection is gone.');
  await beginPanic(db, connectionId);
  const { questions } = await declineWaiting(db, connectionId, 'the owner');
  await revokeAllApiKeys(db, { connectionId });
  await cancelAllOrders(db, connectionId, await ibkrClientInUse(service, connection), questions);
}

async function decide(
  service: Service,
  { act, intentId }: Extract<OwnerAct, { intentId: string }>,
): Promise<string> {
  const { db } = service;
  const intent = await findOwnIntent(db, OWNER_UID, intentId);
  const connection = intent && (await findConnection(db, OWNER_UID, intent.connectionId));
  if (intent === null || connection === null) return 'not_found';
  const rules = await findAppRules(
    db,
    { ...intent.app, ownerUid: OWNER_UID, connectionId: connection.id },
    new Date(),
  );
  const app = { ...intent.app, ...(rules ?? { limits: {}, approval: null }) };
  const tools = await toolContext(service, connection, app);
  const trading = tradingContext(tools);
  if (act === 'decline') return (await rejectWaiting(trading, intent, 'the owner')).state;
  if (rules === null) return 'approval_expired';
  const yes = { intentId: intent.id, by: 'the owner', inputs: await riskInputsNow(tools, intent) };
  const now =
    intent.question === null
      ? await approve(trading, yes, intent.orderHash)
      : await acceptWarnings(trading, yes, intent.question.replyId);
  return now.state;
}
