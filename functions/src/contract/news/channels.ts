/** `/api/channels` and `/api/deliveries`: where news goes besides the page *News*, and what became of each piece. */
import { z } from 'zod';
import { listOf, time } from '../answer-parts.ts';
import { failure } from '../failure.ts';
import { label } from '../label.ts';
import { knownVersion, version } from '../version.ts';
import { NEWS_TYPES } from './news.ts';

export const CHANNEL_KINDS = ['webhook', 'push', 'email'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:30');

/** When news waits, by the clock of a place. */
export const quietHours = z.strictObject({
  from: clockTime,
  /** Before `from`: on the next day. */
  to: clockTime,
  /** Such as `Europe/Zurich`. */
  timeZone: z.string().max(64).refine(isTimeZone, 'a time zone such as Europe/Zurich'),
  /** Whether orders that wait are told all the same. */
  tellsWaitingOrders: z.boolean(),
});
export type QuietHours = z.output<typeof quietHours>;

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== null;
  } catch {
    return false;
  }
}

/** How one attempt of a delivery went. */
const attempt = z.strictObject({
  at: time,
  /** As HTTP has it; null: there was no answer. */
  status: z.number().int().nullable(),
  milliseconds: z.number(),
  /** Why it was not taken; null: it was. */
  error: z.string().nullable(),
});

const channel = z.strictObject({
  id: z.string(),
  kind: z.enum(CHANNEL_KINDS),
  label: z.string(),
  /** Whose news it is told; null: that of all connections. */
  connectionId: z.string().nullable(),
  /** Of which types; null: of all there are and will be. */
  types: z.array(z.enum(NEWS_TYPES)).nullable(),
  /** When its news waits; null: never. */
  quietHours: quietHours.nullable(),
  /** Where a webhook goes; null: it is none. The address of a browser is as good as a key. */
  url: z.string().nullable(),
  /** Where mails go; null: it sends none. */
  address: z.string().nullable(),
  /** Whether nothing is sent yet, as it was not confirmed from there that it is wanted. */
  isUnconfirmed: z.boolean(),
  /** Of a browser: the SHA-256 of its address, in hexadecimal, by which it knows itself; else null. */
  browser: z.string().nullable(),
  /** Whether a browser shows what happened and not only that something did; null: it is none. */
  showsDetails: z.boolean().nullable(),
  /** Until when its former secret signs as well as the one that it has; null: only that one does. */
  formerSecretUntil: time.nullable(),
  createdAt: time,
  /** Since when nothing gets through; null: the last attempt was taken. */
  failingSince: time.nullable(),
  /** When it was turned off; null: it is on. */
  disabledAt: time.nullable(),
  /** Who turned it off. */
  disabledBy: z.enum(['owner', 'gateway']).nullable(),
  version,
});
/** A way to tell an owner of news. */
export type Channel = z.output<typeof channel>;

export const channelList = listOf(channel);
export type ChannelList = z.output<typeof channelList>;

const url = z.string().min(1).max(2_048);
const about = {
  connectionId: z.string().nullable(),
  types: z.array(z.enum(NEWS_TYPES)).min(1).nullable(),
  quietHours: quietHours
    .refine(({ from, to }) => from !== to, { path: ['to'], error: 'They have to end at another time.' })
    .nullable(),
};

const anyNewChannel = {
  label,
  connectionId: about.connectionId.default(null),
  types: about.types.default(null),
  quietHours: about.quietHours.default(null),
};

/** Where a browser is reached, as its `PushSubscription` has it (W3C Push API). */
const subscription = z.strictObject({
  endpoint: url,
  keys: z.strictObject({
    /** An uncompressed point of P-256: 65 bytes in base64url. */
    p256dh: z.string().regex(/^B[\w-]{86}=?$/),
    /** 16 bytes. */
    auth: z.string().regex(/^[\w-]{22}(==)?$/),
  }),
});

export const newChannel = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), ...anyNewChannel, url }),
  z.strictObject({
    kind: z.literal('push'),
    ...anyNewChannel,
    subscription,
    showsDetails: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('email'), ...anyNewChannel, address: z.email().max(254) }),
]);
export type NewChannel = z.input<typeof newChannel>;

/** What is absent stays as it is. */
export const channelChanges = z.strictObject({
  version: knownVersion,
  label: label.exactOptional(),
  connectionId: about.connectionId.exactOptional(),
  types: about.types.exactOptional(),
  quietHours: about.quietHours.exactOptional(),
  /** Of a webhook. */
  url: url.exactOptional(),
  /** Of a browser. */
  showsDetails: z.boolean().exactOptional(),
  isOn: z.boolean().exactOptional(),
});
export type ChannelChanges = z.input<typeof channelChanges>;

export const changedChannel = z.strictObject({ channel });
export type ChangedChannel = z.output<typeof changedChannel>;

/** With the secret by which what a webhook is sent is signed, which is told once; null: it is none. */
export const createdChannel = z.strictObject({ channel, secret: z.string().nullable() });
export type CreatedChannel = z.output<typeof createdChannel>;

/** With status 409: the channel as it is. */
export const channelConflict = failure.extend(changedChannel.shape);

/** `GET /push-key`: by which a browser's push service knows this deployment (VAPID, RFC 8292), in base64url. */
export const pushKey = z.strictObject({ publicKey: z.string() });
export type PushKey = z.output<typeof pushKey>;

/** `POST /channels/:id/test`: how one message went that is no news. */
export const channelTest = z.strictObject({ attempt });
export type ChannelTest = z.output<typeof channelTest>;

export const DELIVERY_STATES = [
  /** It is tried, or will be again. */
  'due',
  'delivered',
  /** It is not tried any more. */
  'failed',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const delivery = z.strictObject({
  id: z.string(),
  channelId: z.string(),
  /** The `webhook-id` that it has in every attempt. */
  newsId: z.string(),
  /** Of the news: one of `NEWS_TYPES`, or of before. */
  type: z.string(),
  createdAt: time,
  state: z.enum(DELIVERY_STATES),
  /** How often it was tried. */
  tries: z.number().int(),
  /** The latest of them, the newest first. */
  attempts: z.array(attempt),
  /** When it is tried next; null: it is not. */
  dueAt: time.nullable(),
});
/** One piece of news on its way through one channel. */
export type Delivery = z.output<typeof delivery>;

/** `GET /channels/:id/deliveries?cursor=`, the newest first. */
export const deliveryList = listOf(delivery);
export type DeliveryList = z.output<typeof deliveryList>;

/** `POST /deliveries/:id/replay` */
export const replayedDelivery = z.strictObject({ delivery });
export type ReplayedDelivery = z.output<typeof replayedDelivery>;
