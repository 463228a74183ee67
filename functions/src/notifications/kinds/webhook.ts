/**
 * Webhooks for scripts: news as JSON, signed as Standard Webhooks has it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { ChannelKindDefinition, SendResult } from '../channel-kind.ts';
import { sendOutbound } from '../outbound-request.ts';

const SECRET_BYTES = 32;
/** Both secrets sign for so long after a new one was made, so that nothing is lost while it is put in place. */
const FORMER_SIGNS_MS = 86_400_000;

const target = z.object({
  url: z.string(),
  secret: z.string(),
  /** The secret before, and until when it signs as well (ms since 1970). */
  former: z.object({ secret: z.string(), until: z.number() }).nullable(),
});
export type WebhookTarget = z.output<typeof target>;

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
  target,
  async send(to, message, network): Promise<SendResult> {
    const now = new Date();
    const secrets = [to.secret, ...(formerSecretUntil(to, now) === null ? [] : [to.former?.secret ?? ''])];
    const body = JSON.stringify(message);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((one) => new Webhook(one).sign(message.id, now, body)).join(' '),
    };
    return sendOutbound(to.url, { headers, body }, network, [410]);
  },
};
