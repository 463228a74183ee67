/**
 * What an app subscribed to: occurrences of MCP Events, signed by the secret that it gave.
 * @see https://modelcontextprotocol.io/extensions/events/overview
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Network } from '../../network/public-address.ts';
import { type AnyChannel, openTarget } from '../../store/news/channels.ts';
import type { NoAnswerReason } from '../../store/news/deliveries.ts';
import type { ChannelKindDefinition, Message, Outbound, SendResult } from '../channel-kind.ts';
import { occurrenceOf } from '../occurrence.ts';
import { NoAnswer, postOutbound, sendOutbound } from '../outbound-request.ts';
import { signedRequest, webhookTarget } from './webhook.ts';

export const appTarget = webhookTarget.extend({ subscriptionId: z.string() });
export type AppTarget = z.output<typeof appTarget>;

const headersTo = ({ subscriptionId }: AppTarget) => ({ 'x-mcp-subscription-id': subscriptionId });

export const app: ChannelKindDefinition<AppTarget, Message> = {
  target: appTarget,
  async send(to, message, network): Promise<SendResult> {
    if (message.type === 'test') throw new TypeError('Apps are sent no tests.');
    const signed = { id: message.id, body: occurrenceOf(message), headers: headersTo(to) };
    const sent = await sendOutbound(to.url, signedRequest(to, signed, new Date()), network, []);
    // It does not want this one, or it is too large: which says nothing of others.
    return sent.status === 410 || sent.status === 413 ? { ...sent, outcome: 'declined' } : sent;
  },
};

/** As hosts know it: what an app asks for is not, or no longer, allowed to it. */
const FORBIDDEN = -32_012;

/** Tells an app once that its subscription has ended with its access: whether it hears of it changes nothing. */
export async function sendTermination(
  outbound: Pick<Outbound, 'vault' | 'localMode'>,
  channel: Pick<AnyChannel, 'id' | 'target'>,
): Promise<void> {
  const to = appTarget.parse(openTarget(outbound.vault, channel));
  const error = {
    code: FORBIDDEN,
    message: 'Forbidden',
    data: { reason: 'The access of this app has ended.' },
  };
  const message = {
    id: messageId('terminated'),
    body: { type: 'terminated', error },
    headers: headersTo(to),
  };
  await sendOutbound(to.url, signedRequest(to, message, new Date()), outbound, []);
}

/** Of what is no event. */
function messageId(type: 'verification' | 'terminated'): string {
  return `msg_${type}_${randomBytes(12).toString('hex')}`;
}

/** Why a callback was not verified: no more than whoever asked may know of what answers there. */
export type CallbackFault = NoAnswerReason | 'http_4xx' | 'http_5xx' | 'challenge_failed';

/** Whoever gives a challenge back took part: such a server is not flooded at the wish of somebody else. */
const echo = z.object({ challenge: z.string() });
const CHALLENGE_BYTES = 32;

/** Asks a callback whether it wants to be told: it answers with what it was sent. @returns null: it does. */
export async function verifyCallback(to: AppTarget, network: Network): Promise<CallbackFault | null> {
  const challenge = randomBytes(CHALLENGE_BYTES).toString('base64url');
  const message = {
    id: messageId('verification'),
    body: { type: 'verification', challenge },
    headers: headersTo(to),
  };
  try {
    const answer = await postOutbound(to.url, signedRequest(to, message, new Date()), network);
    if (answer.status >= 500) return 'http_5xx';
    if (answer.status >= 400) return 'http_4xx';
    return answer.status < 300 && isEcho(answer.body, challenge) ? null : 'challenge_failed';
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause;
    return cause.reason;
  }
}

function isEcho(body: string, challenge: string): boolean {
  try {
    const { data } = echo.safeParse(JSON.parse(body));
    const given = Buffer.from(data?.challenge ?? '');
    return given.length === challenge.length && timingSafeEqual(given, Buffer.from(challenge));
  } catch {
    return false;
  }
}
