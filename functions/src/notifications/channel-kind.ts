/** What a kind of channel says of itself. */
import type { Firestore } from 'firebase-admin/firestore';
import type { z } from 'zod';
import type { News } from '../contract/news/news.ts';
import type { PriceCrossed } from '../contract/news/price-crossing.ts';
import type { Network } from '../network/public-address.ts';
import type { AnyChannel } from '../store/news/channels.ts';
import type { NoAnswerReason } from '../store/news/deliveries.ts';
import type { Vault } from '../store/vault/vault.ts';

/** A message that is no news, by which its owner sees whether a channel works. */
export interface TestMessage {
  id: string;
  type: 'test';
  at: string;
}

/** What a person is told. */
export type PersonalMessage = News | TestMessage;
/** Apps are told of the prices besides that they have watched. */
export type Message = PersonalMessage | PriceCrossed;

/** How sending went. */
export interface SendResult {
  /** `declined`: whoever answers there does not want this one; `gone`: wants no more, ever. */
  outcome: 'delivered' | 'failed' | 'declined' | 'gone';
  /** As HTTP has it; null: there was no answer. */
  status: number | null;
  /** Why it was not taken, in words for the owner; null: it was. */
  error: string | null;
  reason?: NoAnswerReason;
  /** For how long whoever answers asks to be left in peace. */
  retryAfterMs?: number;
}

/** How mails leave. */
export interface MailSettings {
  /** With user and password, such as `smtps://user:password@smtp.example.com`. */
  url: string;
  /** Whom they are from, such as `IBKR Gateway <gateway@example.com>`. */
  from: string;
}

/** What sending needs besides the channel. */
export interface Outbound extends Network {
  db: Firestore;
  vault: Vault;
  /** Of this deployment, for links. */
  publicOrigin: string;
  /** How mails leave; undefined: none do. */
  mail: MailSettings | undefined;
}

/** Of the channel that a message goes through. */
export type SendingChannel = Pick<AnyChannel, 'id' | 'ownerUid'>;

export interface ChannelKindDefinition<Target, Told = PersonalMessage> {
  /** Where it goes and what it is signed with: what is sealed. */
  target: z.ZodType<Target>;
  /** Sends one message. Never throws for what is wrong at the other end. */
  send(target: Target, message: Told, outbound: Outbound, channel: SendingChannel): Promise<SendResult>;
  /** Of a kind by which what is due goes in one message, and no more than some of them an hour. */
  digest?: {
    mostAnHour: number;
    send(
      target: Target,
      messages: readonly Told[],
      outbound: Outbound,
      channel: SendingChannel,
    ): Promise<SendResult>;
  };
}
