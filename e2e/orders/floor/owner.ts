/** What the owner does on the console's pages, and what the schedule and its tasks do, inside an instance of the service. */

import { inWords } from '../../../functions/src/connections/broker-words.ts';
import { toolContext } from '../../../functions/src/connections/call-context.ts';
import { ibkrClientInUse } from '../../../functions/src/connections/pool.ts';
import { GatewayError } from '../../../functions/src/errors.ts';
import { deliverNews, enqueueDeliveries } from '../../../functions/src/jobs/news-delivery.ts';
import { keepOrders } from '../../../functions/src/jobs/order-upkeep.ts';
import { takeChannelTurn } from '../../../functions/src/notifications/channel-turn.ts';
import { fanOutOwner } from '../../../functions/src/notifications/fan-out.ts';
import type { Service } from '../../../functions/src/service.ts';
import { type Connection, readConnection } from '../../../functions/src/store/connections.ts';
import { revokeAllApiKeys } from '../../../functions/src/store/credentials/api-keys.ts';
import { findAppRules } from '../../../functions/src/store/credentials/credentials.ts';
import { listChannels } from '../../../functions/src/store/news/channels.ts';
import { findOwnIntent } from '../../../functions/src/store/orders/order-intents.ts';
import { beginPanic } from '../../../functions/src/store/orders/panics.ts';
import { riskInputsNow } from '../../../functions/src/tools/orders/risk-inputs-now.ts';
import { acceptWarnings, approve, rejectWaiting } from '../../../functions/src/trading/engine/submit.ts';
import { tradingContext } from '../../../functions/src/trading/engine/submit-context.ts';
import { cancelAllOrders, declineWaiting } from '../../../functions/src/trading/kill-switch/kill-switch.ts';

export type OwnerAct =
  /** Yes or no to an order, or to IBKR's question about it, as it is then. */
  | { act: 'approve' | 'decline'; connectionId: string; intentId: string }
  | { act: 'stop'; connectionId: string }
  /** The schedule's: orders are looked after, and the news that is due is sent, whosever it is. */
  | { act: 'upkeep'; connectionId: string }
  /** News that is still to be sent is sent, as if it were so much later. */
  | { act: 'tell'; connectionId: string; aheadMs: number };

/** @returns the state of the intent, or the code of the error; of other acts `done`. */
export async function ownerActs(service: Service, asked: OwnerAct): Promise<string> {
  const connection = await readConnection(service.db, asked.connectionId);
  if (connection === null) throw new Error('The connection is gone.');
  try {
    switch (asked.act) {
      case 'upkeep':
        await keepOrders(service, connection.id, new Date());
        await enqueueDeliveries(service, new Date(), ({ channelIds }) => deliverNews(service, channelIds));
        return 'done';
      case 'stop':
        await stop(service, connection);
        return 'done';
      case 'tell':
        await tell(service, connection, asked.aheadMs);
        return 'done';
      default:
        return await decide(service, connection, asked);
    }
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

async function stop(service: Service, connection: Connection): Promise<void> {
  const { db } = service;
  const { id: connectionId } = connection;
  await beginPanic(db, connectionId);
  const { questions } = await declineWaiting(db, connectionId, 'the owner');
  await revokeAllApiKeys(db, { connectionId });
  await cancelAllOrders(db, connectionId, await ibkrClientInUse(service, connection), questions);
}

/** What lost its task is held for longer than anybody waits here. */
async function tell(service: Service, { ownerUid }: Connection, aheadMs: number): Promise<void> {
  const now = () => new Date(Date.now() + aheadMs);
  await fanOutOwner(service.db, ownerUid, { now: now(), dueAt: now() });
  for (const { id } of await listChannels(service.db, ownerUid)) {
    await takeChannelTurn({ ...service, isWelcome: async () => true, now }, id);
  }
}

async function decide(
  service: Service,
  connection: Connection,
  { act, intentId }: Extract<OwnerAct, { intentId: string }>,
): Promise<string> {
  const { db } = service;
  const { id: connectionId, ownerUid } = connection;
  const intent = await findOwnIntent(db, ownerUid, intentId);
  if (intent === null) return 'not_found';
  const rules = await findAppRules(db, { ...intent.app, ownerUid, connectionId }, new Date());
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
