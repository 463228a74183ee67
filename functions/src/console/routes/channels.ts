/** `/api/channels` and `/api/deliveries`: where a person's news goes, and what became of each piece. */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import {
  type ChangedChannel,
  type Channel as ChannelAnswer,
  type ChannelList,
  type ChannelTest,
  type CreatedChannel,
  channelChanges,
  type Delivery as DeliveryAnswer,
  type DeliveryList,
  newChannel,
  type PushKey,
  type ReplayedDelivery,
} from '../../contract/news/channels.ts';
import { NEWS_TYPES, type NewsType } from '../../contract/news/news.ts';
import { needsFreshSignIn } from '../../http/users/fresh-sign-in.ts';
import { noConnection, recordOfAct } from '../../http/users/owner-acts.ts';
import { confirmationLink, mailTokenHash, newConfirmation } from '../../notifications/email/mail-links.ts';
import { sendMail } from '../../notifications/email/mail-server.ts';
import { confirmationMail } from '../../notifications/email/mail-words.ts';
import { type EmailTarget, email, newEmailTarget } from '../../notifications/kinds/email.ts';
import { attemptSend, sender } from '../../notifications/kinds/index.ts';
import { browserOf, deploymentPushKeys, type PushTarget, push } from '../../notifications/kinds/push.ts';
import {
  formerSecretUntil,
  newWebhookTarget,
  type WebhookTarget,
  webhook,
  withNewSecret,
} from '../../notifications/kinds/webhook.ts';
import { addressFault } from '../../notifications/outbound-request.ts';
import type { Concerned } from '../../store/audit.ts';
import { findConnection } from '../../store/connections.ts';
import {
  type Channel,
  createChannel,
  deleteChannel,
  findChannel,
  listChannels,
  openTarget,
  TooManyChannels,
  updateChannel,
} from '../../store/news/channels.ts';
import {
  type Attempt,
  type Delivery,
  findDelivery,
  listDeliveries,
  replayDelivery,
  resumeDeliveries,
} from '../../store/news/deliveries.ts';
import { countConfirmationMail } from '../../store/users.ts';
import { recordId } from '../../text/record-id.ts';
import { makeCheckedChange, makeRecorded, plan, recordOwnCall } from '../acts/owner-acts.ts';
import { ApiError, notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { isWiderChannel } from '../requests/fresh-sign-in.ts';
import { jsonBody } from '../requests/request-body.ts';
import { queryParameters } from '../requests/request-query.ts';
import { knownVersion, refuseStaleChange, showVersion } from '../requests/versions.ts';

const page = z.object({
  cursor: recordId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const channelRoutes = new Hono<ConsoleEnv>()
  .get('/channels', async (context) => {
    const channels = await listChannels(context.env.db, context.get('user').uid);
    const items = channels.map((channel) => channelAnswer(context, channel));
    return context.json({ items, nextCursor: null } satisfies ChannelList);
  })
  .get('/push-key', async (context) => {
    const { publicKey } = await deploymentPushKeys(context.env);
    return context.json({ publicKey } satisfies PushKey);
  })
  .post('/channels', async (context) => {
    const body = await jsonBody(context, newChannel);
    const { kind, label, connectionId, types, quietHours } = body;
    const ownerUid = context.get('user').uid;
    if (body.kind === 'email' && context.env.mail === undefined) throw noMail();
    const url = urlOf(body);
    if (url !== undefined) refuseAddress(context, url);
    const connection = await connectionOf(context, connectionId);
    const fields = { kind, label, connectionId, types, quietHours };
    const showsDetails = body.kind === 'push' ? { showsDetails: body.showsDetails } : {};
    const args = told({ ...fields, ...showsDetails, url });
    const planned = plan(context, { connection, act: 'channel.create', args });
    // News of a person leaves by it from now on.
    await needsFreshSignIn(context.env.db, 'widen', context.get('user'));
    if (body.kind === 'push') await refuseKnownBrowser(context, body.subscription.endpoint);
    const target = newTarget(body);
    const asked = body.kind === 'email' ? newConfirmation(new Date()) : null;
    if (asked !== null) await countMail(context);
    const confirmation = asked?.kept ?? null;
    const channel = await makeRecorded(context, planned, () =>
      createOneMore(context, { ownerUid, ...fields, confirmation }, target),
    );
    if (asked !== null) await askByMail(context, channel, asked.token);
    const secret = 'secret' in target ? target.secret : null;
    return context.json({ channel: channelAnswer(context, channel), secret } satisfies CreatedChannel, 201);
  })
  .patch('/channels/:id', async (context) => {
    const channel = await ownChannel(context);
    const { version, url, showsDetails, isOn, ...settings } = await jsonBody(context, channelChanges);
    if (url !== undefined) refuseOtherKind(channel, 'webhook', 'url');
    if (url !== undefined) refuseAddress(context, url);
    if (showsDetails !== undefined) refuseOtherKind(channel, 'push', 'showsDetails');
    const target = { ...(url !== undefined && { url }), ...(showsDetails !== undefined && { showsDetails }) };
    if (settings.connectionId !== undefined) await connectionOf(context, settings.connectionId);
    const changes = {
      ...settings,
      ...(isOn !== undefined && { disabledAt: isOn ? null : (channel.disabledAt ?? new Date()) }),
      ...(Object.keys(target).length > 0 && { target: { ...storedTarget(context, channel), ...target } }),
    };
    const known = knownVersion(context, version);
    const connection = await connectionOf(context, channel.connectionId);
    const args = told({ label: channel.label, ...settings, showsDetails, isOn, url });
    const planned = { connection, act: 'channel.change', args } as const;
    const isWider = url === undefined && showsDetails !== true ? isWiderChannel : () => true;
    const { changed, begunId } = await makeCheckedChange(context, planned, isWider, (check) => {
      const change = updateChannel(context.env, channel.id, changes, { known, check });
      return refuseStaleChange(context, change, 'channel', (current) => channelAnswer(context, current));
    });
    if (settings.quietHours !== undefined && changed.after.disabledAt === null) {
      await resumeDeliveries(context.env.db, channel.id, new Date());
    }
    await recordOwnCall(context, recordOfAct(connection, 'channel.change', args, begunId));
    return context.json({ channel: channelAnswer(context, changed.after) } satisfies ChangedChannel);
  })
  .delete('/channels/:id', async (context) => {
    const { id, label, kind, connectionId } = await ownChannel(context);
    const connection = await connectionOf(context, connectionId);
    await deleteChannel(context.env.db, id);
    await recordOwnCall(context, recordOfAct(connection, 'channel.delete', { label, kind }));
    return context.body(null, 204);
  })
  .post('/channels/:id/secret', async (context) => {
    const channel = await ownChannel(context);
    refuseOtherKind(channel, 'webhook', 'secret');
    const connection = await connectionOf(context, channel.connectionId);
    const args = { label: channel.label, secret: 'replaced' };
    const planned = plan(context, { connection, act: 'channel.change', args });
    await needsFreshSignIn(context.env.db, 'widen', context.get('user'));
    const target = withNewSecret(webhookTarget(context, channel), new Date());
    const change = makeRecorded(context, planned, () => updateChannel(context.env, channel.id, { target }));
    const { after } = await refuseStaleChange(context, change, 'channel', (now) =>
      channelAnswer(context, now),
    );
    const answer: CreatedChannel = { channel: channelAnswer(context, after), secret: target.secret };
    return context.json(answer, 201);
  })
  .post('/channels/:id/confirmation', async (context) => {
    const channel = await ownChannel(context);
    if (channel.confirmation === null) throw new ApiError(409, 'mail_link_over', 'It is confirmed already.');
    await countMail(context);
    const { kept: confirmation, token } = newConfirmation(new Date());
    const change = updateChannel(context.env, channel.id, { confirmation });
    const { after } = await refuseStaleChange(context, change, 'channel', (now) =>
      channelAnswer(context, now),
    );
    await askByMail(context, after, token);
    return context.json({ channel: channelAnswer(context, after) } satisfies ChangedChannel);
  })
  .post('/channels/:id/test', async (context) => {
    const channel = await ownChannel(context);
    if (channel.confirmation !== null) {
      throw new ApiError(
        409,
        'channel_off',
        'Nothing is sent there until it is confirmed by the link in the email.',
      );
    }
    const send = sender(context.env, channel);
    const now = () => new Date();
    const message = { id: `test-${randomUUID()}`, type: 'test', at: now().toISOString() } as const;
    const { attempt } = await attemptSend(send, message, now);
    return context.json({ attempt: attemptAnswer(attempt) } satisfies ChannelTest);
  })
  .get('/channels/:id/deliveries', async (context) => {
    const channel = await ownChannel(context);
    const found = await listDeliveries(context.env.db, channel.id, queryParameters(context, page));
    if (found === null) throw new ApiError(400, 'invalid_query', 'The cursor names no delivery.');
    const { items, nextCursor } = found;
    return context.json({ items: items.map(deliveryAnswer), nextCursor } satisfies DeliveryList);
  })
  .post('/deliveries/:id/replay', async (context) => {
    const { db } = context.env;
    const { uid } = context.get('user');
    const delivery = await findDelivery(db, uid, context.req.param('id'));
    const channel = delivery && (await findChannel(db, uid, delivery.channelId));
    if (delivery === null || channel === null) throw notFoundError('delivery');
    if (channel.disabledAt !== null) {
      throw new ApiError(409, 'channel_off', 'This channel is turned off. Turn it on first.');
    }
    const again = await replayDelivery(db, delivery, new Date());
    return context.json({ delivery: deliveryAnswer(again) } satisfies ReplayedDelivery);
  });

/** @throws {ApiError} 409 */
async function createOneMore({ env }: Context<ConsoleEnv>, fields: NewFields, target: object) {
  try {
    return await createChannel(env.db, env.vault, fields, target);
  } catch (cause) {
    if (!(cause instanceof TooManyChannels)) throw cause;
    throw new ApiError(409, 'too_many_channels', cause.message, { cause });
  }
}

type NewFields = Parameters<typeof createChannel>[2];

/** @throws {ApiError} 400 that names the field. */
function refuseAddress(context: Context<ConsoleEnv>, url: string): void {
  const fault = addressFault(url, context.env);
  if (fault !== null) throw new ApiError(400, 'invalid_body', `url: ${fault}`, { fields: { url: fault } });
}

/**
 * The user's connection that a channel is about.
 * @throws {ApiError} 404, also for somebody else's.
 */
async function connectionOf(context: Context<ConsoleEnv>, id: string | null): Promise<Concerned> {
  const { uid } = context.get('user');
  if (id === null) return noConnection(uid);
  const connection = await findConnection(context.env.db, uid, id);
  if (connection === null) throw notFoundError('connection');
  context.set('connection', connection);
  return connection;
}

/**
 * The caller's channel that the address names.
 * @throws {ApiError} 404, also for somebody else's.
 */
async function ownChannel(context: Context<ConsoleEnv>): Promise<Channel> {
  const id = context.req.param('id') ?? '';
  const channel = await findChannel(context.env.db, context.get('user').uid, id);
  if (channel === null) throw notFoundError('channel');
  showVersion(context, channel);
  return channel;
}

/**
 * A browser that has a channel would be told everything twice.
 * @throws {ApiError} 409
 */
async function refuseKnownBrowser(context: Context<ConsoleEnv>, endpoint: string): Promise<void> {
  const { db } = context.env;
  const channels = await listChannels(db, context.get('user').uid);
  const isKnown = channels.some(
    (one) => one.kind === 'push' && pushTarget(context, one).endpoint === endpoint,
  );
  if (isKnown) throw new ApiError(409, 'browser_known', 'This browser gets your news already.');
}

/** @throws {ApiError} 400 for what only another kind of channel has. */
function refuseOtherKind(channel: Channel, kind: Channel['kind'], field: string): void {
  if (channel.kind === kind) return;
  throw new ApiError(400, 'invalid_body', `${field}: This kind of channel has none.`);
}

function storedTarget({ env }: Context<ConsoleEnv>, channel: Channel): object {
  return Object(openTarget(env.vault, channel));
}

function webhookTarget(context: Context<ConsoleEnv>, channel: Channel): WebhookTarget {
  return webhook.target.parse(storedTarget(context, channel));
}

function pushTarget(context: Context<ConsoleEnv>, channel: Channel): PushTarget {
  return push.target.parse(storedTarget(context, channel));
}

function urlOf(body: z.output<typeof newChannel>): string | undefined {
  if (body.kind === 'email') return undefined;
  return body.kind === 'webhook' ? body.url : body.subscription.endpoint;
}

function newTarget(body: z.output<typeof newChannel>): WebhookTarget | PushTarget | EmailTarget {
  if (body.kind === 'email') return newEmailTarget(body.address);
  if (body.kind === 'webhook') return newWebhookTarget(body.url);
  return { ...body.subscription, showsDetails: body.showsDetails };
}

function noMail(): ApiError {
  return new ApiError(409, 'mail_failed', 'This deployment sends no email.');
}

/**
 * Counts a mail to an address of which it is not known whether it wants any.
 * @throws {ApiError} 429
 */
async function countMail(context: Context<ConsoleEnv>): Promise<void> {
  if (await countConfirmationMail(context.env.db, context.get('user').uid, new Date())) return;
  throw new ApiError(429, 'too_many_requests', 'No more addresses can be added today. Try again tomorrow.');
}

/** @throws {ApiError} 409: the mail did not go; the channel stays, and it can be asked for again. */
async function askByMail(context: Context<ConsoleEnv>, channel: Channel, token: string): Promise<void> {
  const { mail, publicOrigin } = context.env;
  if (mail === undefined) throw noMail();
  const { error } = await sendMail(mail, {
    to: emailTarget(context, channel).address,
    ...confirmationMail(publicOrigin, confirmationLink(publicOrigin, channel.id, token)),
    id: mailTokenHash(token).slice(0, 40),
    stopUrl: null,
  });
  if (error !== null)
    throw new ApiError(409, 'mail_failed', `The email with the link was not sent. ${error}`);
}

function emailTarget(context: Context<ConsoleEnv>, channel: Channel): EmailTarget {
  return email.target.parse(storedTarget(context, channel));
}

/** What is told of where a channel goes. */
function placeAnswer(
  context: Context<ConsoleEnv>,
  channel: Channel,
): Pick<ChannelAnswer, 'url' | 'address' | 'browser' | 'showsDetails' | 'formerSecretUntil'> {
  const none = { url: null, address: null, browser: null, showsDetails: null, formerSecretUntil: null };
  if (channel.kind === 'email') return { ...none, address: emailTarget(context, channel).address };
  if (channel.kind === 'push') {
    const target = pushTarget(context, channel);
    const { showsDetails } = target;
    return { ...none, browser: browserOf(target), showsDetails };
  }
  const target = webhookTarget(context, channel);
  const formerSecret = formerSecretUntil(target, new Date())?.toISOString() ?? null;
  return { ...none, url: target.url, formerSecretUntil: formerSecret };
}

/** What the audit says of settings: of an address the host, for the rest of it may be a secret. */
function told({ url, ...settings }: { url?: string | undefined } & Record<string, unknown>) {
  return { ...settings, ...(url !== undefined && { host: URL.parse(url)?.host }) };
}

function channelAnswer(context: Context<ConsoleEnv>, channel: Channel): ChannelAnswer {
  const { id, kind, label, connectionId, types, quietHours, disabledBy, version } = channel;
  return {
    ...{ id, kind, label, connectionId, quietHours, disabledBy, version },
    ...placeAnswer(context, channel),
    types: types?.filter(isNewsType) ?? null,
    isUnconfirmed: channel.confirmation !== null,
    createdAt: channel.createdAt.toISOString(),
    failingSince: channel.failingSince?.toISOString() ?? null,
    disabledAt: channel.disabledAt?.toISOString() ?? null,
  };
}

function isNewsType(type: string): type is NewsType {
  return NEWS_TYPES.some((one) => one === type);
}

function deliveryAnswer(delivery: Delivery): DeliveryAnswer {
  const { id, channelId, newsId, type, state, tries, attempts } = delivery;
  return {
    ...{ id, channelId, newsId, type, state, tries },
    createdAt: delivery.createdAt.toISOString(),
    attempts: attempts.map(attemptAnswer),
    dueAt: delivery.dueAt?.toISOString() ?? null,
  };
}

function attemptAnswer({ at, status, milliseconds, error }: Attempt): ChannelTest['attempt'] {
  return { at: at.toISOString(), status, milliseconds, error };
}
