/**
 * Web push: news in a person's browser, also while no page of it is open. Encrypted for that browser, so that its push
 * service reads nothing (RFC 8291), and by default without saying what happened.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { News } from '../../contract/news/news.ts';
import { NEWS_TITLES, newsPlace, newsWords } from '../../contract/news/news-words.ts';
import type { PushMessage } from '../../contract/news/push-message.ts';
import { type PushKeys, pushKeys } from '../../store/news/push-keys.ts';
import { countWaitingOf } from '../../store/orders/order-intents.ts';
import type { ChannelKindDefinition, Outbound, PersonalMessage, SendResult } from '../channel-kind.ts';
import { sendOutbound } from '../outbound-request.ts';

/** An order waits for so long; whoever comes later needs no message of it. */
const WAITING_SECONDS = 15 * 60;
const SECONDS_A_DAY = 86_400;
/** What push services take is 4,096 bytes, with what encrypting adds. */
const MOST_CHARACTERS = 300;
const URGENT: readonly PersonalMessage['type'][] = [
  'order.waiting',
  'session.needs_person',
  'trading.stop_unfinished',
  'test',
];
/** The subscription has ended (RFC 8030, section 7.3; 404 as most have it). */
const GONE = [404, 410];

const target = z.object({
  endpoint: z.string(),
  keys: z.object({ p256dh: z.string(), auth: z.string() }),
  showsDetails: z.boolean(),
});
export type PushTarget = z.output<typeof target>;

/** By which a browser knows itself among channels: who has the address itself could try to reach it. */
export function browserOf({ endpoint }: Pick<PushTarget, 'endpoint'>): string {
  return createHash('sha256').update(endpoint).digest('hex');
}

/** The key pair of this deployment. */
export function deploymentPushKeys({ db, vault }: Pick<Outbound, 'db' | 'vault'>): Promise<PushKeys> {
  return pushKeys(db, vault, async () => (await webPush()).generateVAPIDKeys());
}

/** Loaded where there is a browser to send to. */
async function webPush() {
  return (await import('web-push')).default;
}

export const push: ChannelKindDefinition<PushTarget> = {
  target,
  async send({ endpoint, keys, showsDetails }, message, outbound, { ownerUid }): Promise<SendResult> {
    const waitingOrders = await countWaitingOf(outbound.db, ownerUid);
    const { headers, body } = (await webPush()).generateRequestDetails(
      { endpoint, keys },
      JSON.stringify({ ...pushMessage(message, showsDetails), waitingOrders }),
      {
        vapidDetails: { subject: subjectOf(outbound), ...(await deploymentPushKeys(outbound)) },
        TTL: message.type === 'order.waiting' ? WAITING_SECONDS : SECONDS_A_DAY,
        urgency: URGENT.includes(message.type) ? 'high' : 'normal',
        contentEncoding: 'aes128gcm',
      },
    );
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return sendOutbound(endpoint, { headers: texts, body: body ?? '' }, outbound, GONE);
  },
};

/** Whom push services may turn to. They take no address of one's own machine. */
function subjectOf({ publicOrigin, localMode }: Outbound): string {
  return localMode ? 'https://ibkr-gateway.invalid' : publicOrigin;
}

/** What the browser shows: by default that something happened, and not what. */
function pushMessage(message: PersonalMessage, showsDetails: boolean): Omit<PushMessage, 'waitingOrders'> {
  const { id } = message;
  if (message.type === 'test') {
    return {
      id,
      title: 'This is a test',
      body: 'News will look like this.',
      path: '/notifications',
      isWaiting: false,
    };
  }
  return {
    id,
    title: NEWS_TITLES[message.type],
    body: showsDetails ? details(message).slice(0, MOST_CHARACTERS) : '',
    path: newsPlace(message),
    isWaiting: message.type === 'order.waiting',
  };
}

function details(news: News): string {
  if (news.type === 'order.waiting') return news.order;
  return 'order' in news ? `${newsWords(news)}\n${news.order}` : newsWords(news);
}
