/** What the links in mails do. They work without a sign-in, for who has them, and mail programs ask for them by themselves. */
import { type Context, Hono } from 'hono';
import { noConnection, recordByOwner, recordOfAct } from '../../http/users/owner-acts.ts';
import { isSameToken, MAIL_TOKEN, mailTokenHash, stopLink } from '../../notifications/email/mail-links.ts';
import { email } from '../../notifications/kinds/email.ts';
import { findConnection } from '../../store/connections.ts';
import { PATIENCE_MS, withDeadline } from '../../store/database/in-time.ts';
import {
  type Channel,
  confirmChannel,
  deleteChannel,
  findAnyChannel,
  openTarget,
} from '../../store/news/channels.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';

export const emailLinkRoutes = new Hono<ConsoleEnv>()
  .use('/email/*', (_, next) => withDeadline(next(), undefined, PATIENCE_MS))
  .post('/email/confirmation/:id/:token', async (context) => {
    const { id, token } = linkOf(context);
    const channel = await confirmChannel(context.env.db, id, mailTokenHash(token), new Date());
    if (channel === null) throw linkIsOver('Ask for another one on the page Notifications.');
    await recordByLink(context, channel, 'channel.change', { isConfirmed: true });
    return context.body(null, 204);
  })
  .get('/email/stop/:id/:token', (context) => {
    const { id, token } = linkOf(context);
    return context.redirect(stopLink(context.env.publicOrigin, id, token));
  })
  .post('/email/stop/:id/:token', async (context) => {
    const { id, token } = linkOf(context);
    const { db, vault } = context.env;
    const channel = await findAnyChannel(db, id);
    // One that is gone sends no mails either.
    if (channel === null) return context.body(null, 204);
    const isIts =
      channel.kind === 'email' &&
      isSameToken(token, email.target.parse(openTarget(vault, channel)).stopToken);
    if (!isIts) throw linkIsOver('Use the link in the newest email.');
    await deleteChannel(db, id);
    await recordByLink(context, channel, 'channel.delete', { by: 'the link in an email' });
    return context.body(null, 204);
  });

/** @throws {ApiError} 404 for what no mail has. */
function linkOf(context: Context<ConsoleEnv>): { id: string; token: string } {
  const { id = '', token = '' } = context.req.param() as { id?: string; token?: string };
  if (!MAIL_TOKEN.test(token)) throw linkIsOver('Check that it is complete.');
  return { id, token };
}

function linkIsOver(hint: string): ApiError {
  return new ApiError(404, 'mail_link_over', `This link is not valid, or no longer valid. ${hint}`);
}

async function recordByLink(
  { env }: Context<ConsoleEnv>,
  { ownerUid, connectionId, label, kind }: Channel,
  act: 'channel.change' | 'channel.delete',
  args: Record<string, unknown>,
): Promise<void> {
  const connection =
    (connectionId && (await findConnection(env.db, ownerUid, connectionId))) || noConnection(ownerUid);
  await recordByOwner(env, { ...env, uid: ownerUid }, recordOfAct(connection, act, { label, kind, ...args }));
}
