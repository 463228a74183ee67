/** `/api/account`: a person's own data, as a download, and deleting all of it. */

import { Hono } from 'hono';
import { z } from 'zod';
import { accountDeletion, type DataPage, type OwnAccount } from '../../contract/account.ts';
import * as logger from '../../http/logging/logger.ts';
import { continueDeletion } from '../../http/users/account-deletion.ts';
import { needsFreshSignIn } from '../../http/users/fresh-sign-in.ts';
import { noConnection } from '../../http/users/owner-acts.ts';
import type { Service } from '../../service.ts';
import { beginDeletion } from '../../store/account-deletions.ts';
import { listConnections } from '../../store/connections.ts';
import { withDeadline } from '../../store/database/in-time.ts';
import { listIntents } from '../../store/orders/order-intents.ts';
import { readData } from '../../store/personal-data.ts';
import type { User } from '../../store/users.ts';
import { plan } from '../acts/owner-acts.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { jsonBody } from '../requests/request-body.ts';
import { queryParameters } from '../requests/request-query.ts';

/** Of a deletion that was begun, somebody waits for so long; the schedule goes on with it. */
const DELETES_FOR_MS = 25_000;

const dataQuery = z.strictObject({ cursor: z.string().max(300).optional() });

export const accountRoutes = new Hono<ConsoleEnv>()
  .get('/account', async (context) =>
    context.json((await ownAccount(context.env, context.get('user'))) satisfies OwnAccount),
  )
  .get('/account/data', async (context) => {
    const { cursor } = queryParameters(context, dataQuery);
    const page = await readData(context.env, context.get('user').uid, cursor);
    if (page === null) throw new ApiError(400, 'invalid_query', 'cursor: take it from the page before');
    return context.json(page satisfies DataPage);
  })
  .post('/account/deletion', async (context) => {
    const { email, ordersStay } = await jsonBody(context, accountDeletion);
    const service = context.env;
    const user = context.get('user');
    plan(context, { connection: noConnection(user.uid), act: 'account.delete', args: { ordersStay } });
    if (email.trim().toLowerCase() !== user.email.toLowerCase()) {
      const message = `Type the address that you are signed in with, ${user.email}.`;
      throw new ApiError(400, 'invalid_body', message, { fields: { email: message } });
    }
    await needsFreshSignIn(service.db, 'widen', user);
    const { connections } = await ownAccount(service, user);
    const open = connections.filter(({ openOrders }) => openOrders > 0);
    if (open.length > 0 && !ordersStay) {
      const names = open.map(({ label, openOrders }) => `${label} (${openOrders})`).join(', ');
      throw new ApiError(
        409,
        'orders_open',
        `Orders may be working at IBKR: ${names}. Cancel them first, with Stop trading, or say that they stay.`,
      );
    }
    await withDeadline(beginDeletion(service.db, user.uid, new Date()));
    logger.log('account_deletion_begun', { uid: user.uid });
    try {
      await withDeadline(continueDeletion(service, user.uid, new Date()), undefined, DELETES_FOR_MS);
    } catch (error) {
      // The schedule goes on with it.
      logger.log('account_deletion_failed', { uid: user.uid, error });
    }
    return context.body(null, 204);
  });

/** States in which IBKR may have an order that it can still fill. */
const OPEN_STATES = ['sending', 'needs_reply', 'working', 'unknown'] as const;

async function ownAccount({ db }: Service, { uid, email }: User): Promise<OwnAccount> {
  const connections = await listConnections(db, uid);
  return {
    email,
    connections: await Promise.all(
      connections.map(async ({ id, label, mode }) => {
        const openOrders = (await listIntents(db, id, OPEN_STATES)).length;
        return { id, label, mode, openOrders };
      }),
    ),
  };
}
