/**
 * Webhooks for scripts: news as JSON, signed as Standard Webhooks has it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { ChannelKindDefinition } from '../channel-kind.ts';
import { sendOutbound } from '../outbound-request.ts';

const SECRET_BYTES = 32;
/** Both secrets sign for so long after a new one was made, so that nothing is lost while it is put in place. */
const FORMER_SIGNS_MS = 86_400_000;

export const webhookTarget = z.object({
  url: z.string(),
  secret: z.string(),
  /** The secret before, and until when it signs as well (ms since 1970). */
  former: z.object({ secret: z.string(), until: z.number() }).nullable(),
});
export type WebhookTarget = z.output<typeof webhookTarget>;

/** A secret as Standard Webhooks writes it. */
function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

export function newWebhookTarget(url: string): WebhookTarget {
  return { url, secret: newSecret(), former: null };
}

/** The same place with a new secret; the one that it had signs as well for a day. */
export function withNewSecret({ url, secret }: WebhookTarget, now: Date): WebhookTarget {
  return { url, secret: newSecret(), former: { secret, until: now.getTime() + FORMER_SIGNS_MS } };
}

/** Until when the secret before signs as well; null: it does not any more. */
export function formerSecretUntil({ former }: WebhookTarget, now: Date): Date | null {
  return former !== null && former.until > now.getTime() ? new Date(former.until) : null;
}

export const webhook: ChannelKindDefinition<WebhookTarget> = {
  target: webhookTarget,
  send: (to, message, network) =>
    sendOutbound(to.url, signedRequest(to, { id: message.id, body: message }, new Date()), network, [410]),
};

/** Something that is sent, under its id. */
interface SignedMessage {
  id: string;
  body: object;
  headers?: Record<string, string>;
}

/** A message as it is sent now, signed by the secret and, for as long as that is so, by the one before. */
export function signedRequest(to: WebhookTarget, { id, body: content, headers }: SignedMessage, now: Date) {
  const secrets = [to.secret, ...(formerSecretUntil(to, now) === null ? [] : [to.former?.secret ?? ''])];
  const body = JSON.stringify(content);
  return {
    body,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((one) => new Webhook(one).sign(id, now, body)).join(' '),
    },
  };
}
