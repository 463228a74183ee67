/** `/api/connections`: a person's ways to IBKR. */

import { type Context, Hono } from 'hono';
import { loginAccounts } from '../../connections/call-context.ts';
import { KINDS } from '../../connections/kinds/index.ts';
import { ibkrClient, letTryAgain } from '../../connections/pool.ts';
import {
  type AddedConnection,
  type ChangedConnection,
  type Connection as ConnectionAnswer,
  type ConnectionList,
  type ConnectionSettings,
  type ConnectionTest,
  connectionChanges,
  type GatewayAddress,
  newConnection,
  type OwnersAct,
  ownersAct,
  type ShownConnection,
} from '../../contract/connection.ts';
import { SECRETS } from '../../contract/connection-kind.ts';
import { storedLimits } from '../../contract/rules/limits.ts';
import { GatewayError } from '../../errors.ts';
import { needsFreshSignIn } from '../../http/users/fresh-sign-in.ts';
import { noConnection, recordOfAct } from '../../http/users/owner-acts.ts';
import type { Service } from '../../service.ts';
import {
  type ChangeableField,
  type Connection,
  type ConnectionSecrets,
  createConnection,
  deleteConnection,
  findConnection,
  listConnections,
  readSecrets,
  TooManyConnections,
  updateConnection,
} from '../../store/connections.ts';
import { withDeadline } from '../../store/database/in-time.ts';
import type { Panic } from '../../store/orders/panics.ts';
import { saveUser } from '../../store/users.ts';
import { findAccount } from '../../tools/accounts/account-choice.ts';
import { OFFERED_WARNINGS } from '../../trading/domain/accepted-warnings.ts';
import { makeCheckedChange, makeRecorded, plan, recordOwnCall } from '../acts/owner-acts.ts';
import { testConnection } from '../connection-test.ts';
import { pickFields } from '../pick-fields.ts';
import { ApiError, notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { isWiderConnection } from '../requests/fresh-sign-in.ts';
import { jsonBody } from '../requests/request-body.ts';
import { knownVersion, refuseStaleChange, showVersion } from '../requests/versions.ts';
import { readConnectionUse, type UsedConnection, usedConnections } from '../session-status.ts';

/** Each is kept signed in at IBKR, and costs reads every minute. On one's own machine that is one's own affair. */
const MOST_CONNECTIONS = 20;

export const connectionRoutes = new Hono<ConsoleEnv>()
  .get('/connections', async (context) => {
    const { uid } = context.get('user');
    const connections = await listConnections(context.env.db, uid);
    const used = await usedConnections(context.env.db, uid, connections);
    return context.json({ items: used.map(connectionAnswer), nextCursor: null } satisfies ConnectionList);
  })
  .post('/connections', async (context) => {
    const { kind, mode, label: asked, ...input } = await jsonBody(context, newConnection);
    const service = context.env;
    const unavailable = KINDS[kind].unavailable(service);
    if (unavailable !== null) throw new ApiError(400, unavailable.code, unavailable.message);
    const user = context.get('user');
    // It is in nobody's records yet but its owner's.
    const connection = noConnection(user.uid);
    const planned = plan(context, {
      connection,
      act: 'connection.create',
      args: { kind, mode, label: asked },
    });
    const secrets = await checkedSecrets(context, kind, input);
    // It comes with a key that trades.
    await needsFreshSignIn(service.db, 'widen', user);
    const acceptedWarnings = [...KINDS[kind].acceptedWarnings];
    const label = asked ?? (await freeSandboxLabel(service, user.uid));
    const fields = { ownerUid: user.uid, kind, mode, label, acceptedWarnings };
    await saveUser(service.db, user);
    const { connection: added, key } = await makeRecorded(
      context,
      { ...planned, args: { kind, mode, label } },
      () => createOneMore(service, fields, secrets),
      (made) => ({ connection: made.connection }),
    );
    const answer: AddedConnection = { connection: settingsAnswer(added), apiKey: key.apiKey };
    return context.json(answer, 201);
  })
  .get('/connections/:id', async (context) => {
    const connection = await ownConnection(context);
    const used = await readConnectionUse(context.env.db, connection);
    showVersion(context, connection);
    return context.json({
      connection: connectionAnswer(used),
      offeredWarnings: OFFERED_WARNINGS,
    } satisfies ShownConnection);
  })
  .get('/connections/:id/address', async (context) => {
    const { url } = await gatewayOf(context, await ownConnection(context));
    return context.json({ url } satisfies GatewayAddress);
  })
  .patch('/connections/:id', async (context) => {
    const connection = await ownConnection(context);
    const body: Changes = await jsonBody(context, connectionChanges(connection.kind));
    const { secrets: entered, address, version: named, ...asked } = body;
    const service = context.env;
    const input = address === undefined ? entered : await movedGateway(context, connection, body, address);
    // What stays of the secrets is what was there when they were read.
    const version = address === undefined ? named : (named ?? connection.version);
    const secrets = input === undefined ? undefined : await checkedSecrets(context, connection.kind, input);
    const { currentAccountId: account } = asked;
    if (account != null && secrets !== undefined) throw accountOfNewLogin();
    const accountId = account == null ? account : await accountOfLogin(service, connection, account, asked);
    const changes = { ...asked, ...(accountId !== undefined && { currentAccountId: accountId }) };
    const known = knownVersion(context, version);
    const isWider = secrets === undefined ? isWiderConnection : () => true;
    const replaced = secrets && { secrets: 'replaced' };
    const args = { label: connection.label, ...changes, ...replaced };
    const planned = { connection, act: 'connection.change', args } as const;
    const { changed, begunId } = await makeCheckedChange(context, planned, isWider, (check) => {
      const change = updateConnection(service.db, connection.id, changes, { secrets, known, check });
      return refuseStaleChange(context, change, 'connection', settingsAnswer);
    });
    const { before, after, made } = changed;
    if (secrets !== undefined || after.mode !== before.mode) await letTryAgain(service, after);
    if (after !== before || begunId !== null) {
      const act = before.panic !== null && after.panic === null ? 'resume' : 'connection.change';
      const told = { label: before.label, ...made, ...replaced };
      await recordOwnCall(context, recordOfAct(connection, act, told, begunId));
    }
    return context.json({ connection: settingsAnswer(after) } satisfies ChangedConnection);
  })
  .delete('/connections/:id', async (context) => {
    const connection = await ownConnection(context);
    const { act, args } = plan(context, {
      connection,
      act: 'connection.delete',
      args: { label: connection.label },
    });
    await needsFreshSignIn(context.env.db, 'widen', context.get('user'));
    await deleteConnection(context.env.db, connection);
    await recordOwnCall(context, recordOfAct(connection, act, args));
    return context.body(null, 204);
  })
  .post('/connections/:id/test', async (context) =>
    context.json(await recordedTest(context, await ownConnection(context))),
  )
  .post('/connections/:id/sign-in', async (context) => {
    const connection = await ownConnection(context);
    return context.json(await recordedTest(context, connection, await jsonBody(context, ownersAct)));
  });

/** @throws {ApiError} 404 for a connection of another kind. */
async function gatewayOf({ env: { db, vault } }: Context<ConsoleEnv>, { id, kind }: Connection) {
  if (kind !== 'gateway') throw notFoundError('gateway');
  return SECRETS.gateway.parse(await readSecrets(db, vault, id));
}

/**
 * A gateway at another address, reached with what it was reached with before. Its headers go to no other host: whoever is
 * signed in could have them sent to a host of their own, and the pages show them to nobody.
 */
async function movedGateway(
  context: Context<ConsoleEnv>,
  connection: Connection,
  { secrets }: Changes,
  url: string,
): Promise<object> {
  if (secrets !== undefined) throw badAddress('Send the address with the secrets, or alone.');
  const before = await gatewayOf(context, connection);
  const isSameHost = URL.parse(url)?.hostname === new URL(before.url).hostname;
  if (Object.keys(before.headers ?? {}).length > 0 && !isSameHost) {
    throw badAddress(
      'The headers of this connection are sent to no other host. To move it there, replace address and headers together, in the settings.',
    );
  }
  return { ...before, url };
}

function badAddress(message: string): ApiError {
  return new ApiError(400, 'invalid_body', message, { fields: { address: message } });
}

/** @param ownersAct What the owner does where IBKR asks for more than a password. */
async function recordedTest(
  context: Context<ConsoleEnv>,
  connection: Connection,
  ownersAct?: OwnersAct,
): Promise<ConnectionTest> {
  const test = await testConnection(context.env, connection, ownersAct);
  const failed = test.steps.find(({ ok }) => !ok);
  // A page looks several times a minute.
  if (ownersAct?.act === 'look' && failed?.error?.details?.sent === true) return test;
  const { outcome, ...act } = recordOfAct(connection, 'connection.test', { label: connection.label });
  await recordOwnCall(context, {
    ...act,
    outcome: failed
      ? {
          ...outcome,
          outcome: 'error',
          errorCode: failed.error?.code ?? null,
          errorMessage: failed.detail,
        }
      : outcome,
  });
  return test;
}

/** `Sandbox`, or `Sandbox 2` where that is taken, so that they can be told apart. */
async function freeSandboxLabel({ db }: Service, ownerUid: string): Promise<string> {
  const taken = new Set((await listConnections(db, ownerUid)).map(({ label }) => label));
  let label = 'Sandbox';
  for (let count = 2; taken.has(label); count++) label = `Sandbox ${count}`;
  return label;
}

type Changes = Partial<Pick<Connection, ChangeableField>> & {
  secrets?: object;
  address?: string;
  version?: number;
};

/**
 * The caller's connection that the address names.
 * @throws {ApiError} 404, also for somebody else's.
 */
export async function ownConnection(context: Context<ConsoleEnv>): Promise<Connection> {
  const id = context.req.param('id') ?? '';
  const connection = await withDeadline(findConnection(context.env.db, context.get('user').uid, id));
  if (connection === null) throw notFoundError('connection');
  context.set('connection', connection);
  return connection;
}

/**
 * An account as the login has it, in whichever case it was named.
 * @param changes What else is changed in the same request.
 * @throws {ApiError} 400 for an account that the login does not have.
 * @throws {GatewayError} when IBKR cannot be asked.
 */
async function accountOfLogin(
  service: Service,
  connection: Connection,
  name: string,
  changes: Changes,
): Promise<string> {
  const changed = { ...connection, mode: changes.mode ?? connection.mode };
  const list = await loginAccounts({ connection: changed, ibkr: await ibkrClient(service, connection) });
  try {
    return findAccount(list, name).accountId;
  } catch (cause) {
    if (!(cause instanceof GatewayError) || cause.code !== 'not_found') throw cause;
    const message = `${cause.message} ${cause.hint}`;
    throw new ApiError(400, 'not_found', message, { cause, fields: { currentAccountId: message } });
  }
}

function accountOfNewLogin(): ApiError {
  const message = 'What the connection signs in with is replaced: save that first, then choose the account.';
  return new ApiError(400, 'invalid_body', message, { fields: { currentAccountId: message } });
}

/** @throws {ApiError} 409 */
async function createOneMore(
  { db, localMode }: Service,
  fields: Parameters<typeof createConnection>[1],
  secrets: ConnectionSecrets | undefined,
) {
  try {
    return await createConnection(db, fields, secrets, localMode ? undefined : MOST_CONNECTIONS);
  } catch (cause) {
    if (!(cause instanceof TooManyConnections)) throw cause;
    throw new ApiError(409, 'too_many_connections', `${cause.message} Delete one first.`, { cause });
  }
}

/** Secrets ready to be sealed, after everything was checked that can be checked without IBKR. */
async function checkedSecrets(
  { env: { vault, signIns, localMode }, req }: Context<ConsoleEnv>,
  kind: Connection['kind'],
  input: object,
): Promise<ConnectionSecrets | undefined> {
  const { check, secretsIn: collection } = KINDS[kind];
  const value = await check(input, { localMode }, req.raw.signal);
  return value && { vault: collection === 'vault' ? vault : signIns, value, collection };
}

function connectionAnswer({ connection, session, accounts, lastUsedAt }: UsedConnection): ConnectionAnswer {
  return { ...settingsAnswer(connection), session, accounts, lastUsedAt };
}

function settingsAnswer(connection: Connection): ConnectionSettings {
  return {
    id: connection.id,
    kind: connection.kind,
    mode: connection.mode,
    label: connection.label,
    currentAccountId: connection.currentAccountId,
    allowTakeover: connection.allowTakeover,
    limits: pickFields(storedLimits, connection.limits),
    approval: connection.approval,
    acceptedWarnings: connection.acceptedWarnings,
    panic: connection.panic && stopAnswer(connection.panic),
    version: connection.version,
    createdAt: connection.createdAt.toISOString(),
  };
}

function stopAnswer({ since, retrying, remaining, accountsLeft }: Panic): ConnectionSettings['panic'] {
  return { since: since.toISOString(), retrying, remaining, accountsLeft };
}
