/** The kinds of channels, and how a message goes out by whichever it is. */
import type { AnyChannel } from '../../store/news/channels.ts';
import { openTarget } from '../../store/news/channels.ts';
import type { Attempt } from '../../store/news/deliveries.ts';
import type { ChannelKindDefinition, Message, Outbound, SendResult } from '../channel-kind.ts';
import { app } from './app.ts';
import { email } from './email.ts';
import { push } from './push.ts';
import { webhook } from './webhook.ts';

/** A kind, whatever its target is: `sender` has it parsed. */
type AnyKind = ChannelKindDefinition<unknown, Message>;

const KINDS: Record<AnyChannel['kind'], AnyKind> = {
  webhook: webhook as AnyKind,
  push: push as AnyKind,
  app: app as ChannelKindDefinition<unknown, Message>,
  email: email as AnyKind,
};

/** Sends messages through one channel. */
export type Send = (message: Message) => Promise<SendResult>;

export function sender(outbound: Outbound, channel: AnyChannel): Send {
  const kind = KINDS[channel.kind];
  const target = kind.target.parse(openTarget(outbound.vault, channel));
  return (message) => kind.send(target, message, outbound, channel);
}

/** Sends several messages in one, and no more than some an hour. */
export interface Digest {
  mostAnHour: number;
  send: (messages: readonly Message[]) => Promise<SendResult>;
}

/** @returns null for a channel whose messages each go by themselves. */
export function digester(outbound: Outbound, channel: AnyChannel): Digest | null {
  const { target, digest } = KINDS[channel.kind];
  if (digest === undefined) return null;
  const to = target.parse(openTarget(outbound.vault, channel));
  const { mostAnHour } = digest;
  return { mostAnHour, send: (messages) => digest.send(to, messages, outbound, channel) };
}

/** Sends one message and says how it went, for the log of deliveries. */
export async function attemptSend(
  send: Send,
  message: Message,
  now: () => Date,
): Promise<{ result: SendResult; attempt: Attempt }> {
  const at = now();
  const result = await send(message);
  const { status, error, reason = null } = result;
  const milliseconds = now().getTime() - at.getTime();
  return { result, attempt: { at, status, milliseconds, error, reason } };
}
