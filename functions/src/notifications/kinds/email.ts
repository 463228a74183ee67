/** News by mail: several pieces in one, and no more than some mails an hour. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  ChannelKindDefinition,
  Outbound,
  PersonalMessage,
  SendingChannel,
  SendResult,
} from '../channel-kind.ts';
import { newMailToken, oneClickUrl, stopLink } from '../email/mail-links.ts';
import { sendMail } from '../email/mail-server.ts';
import { newsMail } from '../email/mail-words.ts';

const MOST_AN_HOUR = 10;

const target = z.object({
  address: z.string(),
  /** What the links in its mails end them by. */
  stopToken: z.string(),
});
export type EmailTarget = z.output<typeof target>;

export function newEmailTarget(address: string): EmailTarget {
  return { address, stopToken: newMailToken() };
}

export const email: ChannelKindDefinition<EmailTarget> = {
  target,
  send: (to, message, outbound, channel) => sendTogether(to, [message], outbound, channel),
  digest: { mostAnHour: MOST_AN_HOUR, send: sendTogether },
};

async function sendTogether(
  { address, stopToken }: EmailTarget,
  messages: readonly PersonalMessage[],
  { mail, publicOrigin }: Outbound,
  { id: channelId }: SendingChannel,
): Promise<SendResult> {
  if (mail === undefined) {
    return { outcome: 'failed', status: null, error: 'This deployment no longer sends email.' };
  }
  return sendMail(mail, {
    to: address,
    ...newsMail(publicOrigin, messages, stopLink(publicOrigin, channelId, stopToken)),
    id: messageId(channelId, messages),
    stopUrl: oneClickUrl(publicOrigin, channelId, stopToken),
  });
}

/** The same where the same is told again. */
function messageId(channelId: string, messages: readonly PersonalMessage[]): string {
  const told = [channelId, ...messages.map(({ id }) => id)].join(' ');
  return createHash('sha256').update(told).digest('hex').slice(0, 40);
}
