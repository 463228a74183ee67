/** What the signed-in user wanted to change and was refused, in the audit of whoever asked: never of whom it was about. */
import type { MiddlewareHandler } from 'hono';
import type { OwnerAct } from '../../contract/audit.ts';
import { noConnection, recordRefusal } from '../../http/users/owner-acts.ts';
import { TOOLS } from '../../tools/registry.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { routeOf } from '../requests/route.ts';
import { endingOf, ownerOf } from './owner-acts.ts';

/** What is asked for at each address that changes something; null: nothing is changed there. */
export const CHANGES: Readonly<Record<string, OwnerAct | 'cancel_order' | null>> = {
  'POST /connections': 'connection.create',
  'POST /connections/check': null,
  'PATCH /connections/:id': 'connection.change',
  'DELETE /connections/:id': 'connection.delete',
  'POST /connections/:id/test': 'connection.test',
  'POST /connections/:id/sign-in': 'connection.test',
  'POST /connections/:id/panic': 'panic',
  'POST /connections/:id/keys': 'key.create',
  'PATCH /keys/:keyId': 'key.change',
  'DELETE /keys/:keyId': 'key.revoke',
  'PATCH /apps/:grantId': 'app.change',
  'DELETE /apps/:grantId': 'app.revoke',
  'POST /connections/:id/tools/:name': null,
  'POST /intents/:id': 'order.decide',
  'POST /connections/:id/orders/:orderId/cancel': 'cancel_order',
  'POST /channels': 'channel.create',
  'PATCH /channels/:id': 'channel.change',
  'DELETE /channels/:id': 'channel.delete',
  'POST /channels/:id/secret': 'channel.change',
  'POST /channels/:id/test': null,
  'POST /channels/:id/confirmation': null,
  // Nobody is signed in there.
  'POST /email/confirmation/:id/:token': null,
  'POST /email/stop/:id/:token': null,
  'POST /deliveries/:id/replay': null,
  'POST /account/deletion': 'account.delete',
};

const MOST_NAME_CHARACTERS = 100;
/** nginx's, for a request that nobody waits for any more. */
const CLIENT_CLOSED_REQUEST = 499;

/** Records a change that was refused, where no other record tells of it. */
export const recordRefusedChange: MiddlewareHandler<ConsoleEnv> = async (context, next) => {
  const at = new Date();
  await next();
  const { error } = context;
  const { status } = context.res;
  const isRefused = error !== undefined && status < 500 && status !== CLIENT_CLOSED_REQUEST;
  if (!isRefused || context.get('isRecorded')) return;
  const planned = context.get('planned');
  const names = context.req.param();
  const { method = '', path = '' } = routeOf(context) ?? {};
  const tool = planned?.act ?? CHANGES[`${method} ${path.replace('/api', '')}`] ?? writingTool(names);
  if (tool === undefined) return;
  const owner = ownerOf(context);
  const own = context.get('connection');
  const { errorCode, errorMessage } = endingOf(error);
  await recordRefusal(context.env, owner, {
    at,
    connection: planned?.connection ?? own ?? noConnection(owner.uid),
    tool,
    // Ids of what another has are in nobody's records but theirs.
    args: planned?.args ?? (own === undefined ? {} : shorten(names)),
    errorCode,
    errorMessage,
    intentId: planned?.intentId,
  });
};

/** The console runs tools that read; who asks it for another one is refused. */
function writingTool({ name }: Record<string, string>): string | undefined {
  return TOOLS.find((tool) => tool.name === name && tool.scope === 'write')?.name;
}

/** What the address names, which may be anything. */
function shorten(names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).map(([name, value]) => [name, value.slice(0, MOST_NAME_CHARACTERS)]),
  );
}
