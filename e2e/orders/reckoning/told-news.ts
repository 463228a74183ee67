/** Whether the owner is told of all that happened to the orders of a script, and of nothing else. */
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { News, OrderNewsType } from '../../../functions/src/contract/news/news.ts';
import type { OrderIntent } from '../../../functions/src/trading/domain/intent.ts';
import { type Rest, takenIds } from './rest.ts';

/** What is not told, is told twice, or did not happen: one sentence each. */
export function aboutNews({ intents, news }: Pick<Rest, 'intents' | 'news'>): string[] {
  const known = new Set(intents.map(({ id }) => id));
  const ofOrders = news.filter((one) => 'intentId' in one);
  const strange = ofOrders.filter(({ intentId }) => !known.has(intentId));
  return [
    ...strange.map(({ id }) => `news ${id} is of an order that there is not`),
    ...intents.flatMap((intent) => {
      const told = ofOrders.filter(({ intentId }) => intentId === intent.id).map(({ type }) => type);
      const count = (type: OrderNewsType) => told.filter((one) => one === type).length;
      const wrong = [...happened(intent)].filter(([type, { least, most }]) => {
        return count(type) < least || count(type) > most;
      });
      return wrong.map(
        ([type]) => `intent ${intent.id} is ${intent.state}, and ${type} is told ${count(type)} times`,
      );
    }),
  ];
}

/** What did not reach the server of its owner, or should not have. */
export function aboutDeliveries({
  run,
  news,
  delivered,
}: Pick<Rest, 'run' | 'news' | 'delivered'>): string[] {
  const taken = takenIds(delivered);
  const known = new Map(news.map((one) => [one.id, one]));
  return [
    ...news
      .filter(({ id }) => !taken.has(id))
      .map(({ id, type }) => `news ${id} (${type}) was not delivered`),
    ...delivered.flatMap(({ headers, body }) => {
      const sent = verified(run.channelSecret, headers, body);
      if (sent === null) return [`what was sent as ${headers['webhook-id']} is not signed by its channel`];
      const { type, connectionId } = known.get(sent.id) ?? {};
      const isOwn = sent.connectionId === run.account.connectionId && connectionId === sent.connectionId;
      return isOwn && sent.type === type && headers['webhook-id'] === sent.id
        ? []
        : [`what was sent as ${headers['webhook-id']} is not news ${sent.id} (${sent.type}) of its owner`];
    }),
  ];
}

/** The library's own check also refuses what was sent five minutes ago, as some of a script was. */
function verified(secret: string, headers: IncomingHttpHeaders, body: string): News | null {
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const signature = new Webhook(secret).sign(String(headers['webhook-id']), sentAt, body);
  const isSigned = String(headers['webhook-signature']).split(' ').includes(signature);
  return isSigned ? JSON.parse(body) : null;
}

/** How often each thing is to be told of. */
function happened(intent: OrderIntent): Map<OrderNewsType, { least: number; most: number }> {
  const { state, history, approval, filledQuantity } = intent;
  const steps = history.map((entry) => entry.state);
  const entered = (one: OrderIntent['state']) =>
    steps.filter((step, index) => step === one && steps[index - 1] !== one).length;
  const any = Number.POSITIVE_INFINITY;
  const once = (isSo: boolean) => ({ least: Number(isSo), most: Number(isSo) });
  const waits = approval.mode === 'owner' && steps.some((step) => step === 'awaiting_approval');
  const isPartly = (filledQuantity ?? 0) > 0 && state !== 'filled';
  return new Map([
    ['order.filled', once(state === 'filled')],
    ['order.refused', once(state === 'rejected')],
    ['order.unknown', { least: Number(entered('unknown') > 0), most: entered('unknown') }],
    ['order.waiting', { least: Number(waits), most: approval.mode === 'owner' ? any : 0 }],
    ['order.partly_filled', { least: Number(isPartly), most: (filledQuantity ?? 0) > 0 ? any : 0 }],
  ]);
}
