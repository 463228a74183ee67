/** What a kind of channel says of itself. */
import type { Firestore } from 'firebase-admin/firestore';
import type { z } from 'zod';
import type { News } from '../contract/news.ts';
import type { Network } from '../network/public-address.ts';
import type { Vault } from '../store/vault/vault.ts';

/** A message that is no news, by which its owner sees whether a channel works. */
export interface TestMessage {
  id: string;
  type: 'test';
  at: string;
}

export type Message = News | TestMessage;

/** How sending went. */
export interface SendResult {
  /** `declined`: whoever answers there does not want this one; `gone`: wants no more, ever. */
  outcome: 'delivered' | 'failed' | 'declined' | 'gone';
  /** As HTTP has it; null: there was no answer. */
  status: number | null;
  /** Why it was not taken, in words for the owner; null: it was. */
  error: string | null;
  /** For how long whoever answers asks to be left in peace. */
  retryAfterMs?: number;
}

/** What sending needs besides the channel. */
export interface Outbound extends Network {
  db: Firestore;
  vault: Vault;
  /** Of this deployment, for links. */
  publicOrigin: string;
}

export interface ChannelKindDefinition<Target> {
  /** Where it goes and what it is signed with: what is sealed. */
  target: z.ZodType<Target>;
  /** Sends one message. Never throws for what is wrong at the other end. */
  send(target: Target, message: Message, outbound: Outbound): Promise<SendResult>;
}
