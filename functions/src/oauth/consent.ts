/**
 * `/api/consent/:uid`: a person looks at what a host asks for, and answers. It takes both the browser that began the
 * request, by its cookie, and a person signed in at it, by an ID token.
 */

import { ServerResponse } from 'node:http';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { errors, type InteractionResults } from 'oidc-provider';
import type { z } from 'zod';
import {
  type AskingApp,
  type ConsentClient,
  type ConsentRequest,
  type ConsentResult,
  consentDecision,
} from '../contract/access/consent.ts';
import type { OwnerAct } from '../contract/audit.ts';
import type { ConsoleErrorCode, Failure } from '../contract/failure.ts';
import { NotRecorded } from '../http/audit-records.ts';
import { isOwnHost } from '../http/guards.ts';
import * as logger from '../http/logging/logger.ts';
import { inputProblems } from '../http/requests/input-problems.ts';
import { requestTrace } from '../http/requests/request-trace.ts';
import { needsFreshSignIn } from '../http/users/fresh-sign-in.ts';
import {
  beginByOwner,
  noConnection,
  type Owner,
  recordByOwner,
  recordOfAct,
  recordRefusal,
} from '../http/users/owner-acts.ts';
import { type SignedInUser, SignInRefused, signedInUser } from '../http/users/signed-in-user.ts';
import type { Service } from '../service.ts';
import { type Connection, findConnection, isStillThere, listConnections } from '../store/connections.ts';
import {
  createGrant,
  type Grant,
  listGrants,
  MOST_GRANTS,
  revokeGrant,
} from '../store/credentials/grants.ts';
import { isStorageFailure, PATIENCE_MS, withDeadline } from '../store/database/in-time.ts';
import { describeClient, isSameApp } from './clients/client-description.ts';
import type { OauthEnv } from './environment.ts';
import { provenAnswer } from './proven-answer.ts';
import { authorizationServer } from './provider/provider.ts';
import { providerRequest } from './provider/provider-call.ts';
import { TooManyRequests } from './provider/rate-limits.ts';
import { mcpResource } from './provider/scopes.ts';
import { Unavailable } from './provider/unavailable.ts';
import { readInteractions } from './session-cookie.ts';

type Decision = z.output<typeof consentDecision>;
type Approval = Extract<Decision, { decision: 'approve' }>;

/** Shortly before the function is cut off: an answer takes several steps. */
const ANSWERS_WITHIN_MS = 45_000;

export const consentRoutes = new Hono<OauthEnv>().basePath('/api/consent');

consentRoutes.use(({ req: { method } }, next) =>
  withDeadline(next(), undefined, method === 'GET' ? PATIENCE_MS : ANSWERS_WITHIN_MS),
);

consentRoutes
  .get('/:uid/client', async (context) => {
    refuseForeignPages(context);
    const { client } = await openRequest(context);
    const { name, host, verified, redirectHost } = client;
    return context.json({ client: { name, host, verified, redirectHost } } satisfies AskingApp);
  })
  .get('/:uid', async (context) => {
    const user = await visitor(context);
    const { client, requestedScopes } = await openRequest(context);
    const { db } = context.env.service;
    const [connections, grants] = await Promise.all([
      listConnections(db, user.uid),
      listGrants(db, { ownerUid: user.uid }),
    ]);
    return context.json({
      client: clientAnswer(client),
      requestedScopes,
      connections: connections.map(({ id, label, kind, mode }) => ({ id, label, kind, mode })),
      earlierGrants: grants
        .filter((grant) => isSameApp(grant, client))
        .map(({ id: grantId, connectionId, scope, createdAt, lastUsedAt }) => ({
          grantId,
          connectionId,
          scope,
          createdAt: createdAt.toISOString(),
          lastUsedAt: lastUsedAt?.toISOString() ?? null,
        })),
    } satisfies ConsentRequest);
  })
  .post('/:uid', async (context) => {
    const user = await visitor(context);
    const request = await openRequest(context);
    const decided = await recordingRefusal(context, user, request.client, () => readAnswer(context));
    if (decided.decision === 'deny') {
      const redirectTo = await request.finish({
        error: 'access_denied',
        error_description: 'The user said no.',
      });
      const { name: label, redirectHost, clientId } = request.client;
      const denied = recordOfAct(noConnection(user.uid), 'app.deny', { label, redirectHost });
      await recordByOwner(context.env.service, ownerOf(context, user), denied);
      logger.log('consent_refused', { uid: user.uid, clientId });
      return context.json({ redirectTo } satisfies ConsentResult);
    }
    const redirectTo = await approve(context, user, request, decided);
    return context.json({ redirectTo } satisfies ConsentResult);
  });

consentRoutes.onError((error, { req }) => {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof SignInRefused) return failure(error.status, error.code, error.message);
  if (error instanceof NotRecorded)
    return failure(503, 'unavailable', `${error.message} Try again in a moment.`);
  if (error instanceof TooManyRequests) return failure(429, 'too_many_requests', error.error_description);
  if (error instanceof Unavailable || isStorageFailure(error)) {
    logger.log('consent_failed', error, { request: `${req.method} ${req.routePath}` });
    return failure(503, 'unavailable', 'The gateway cannot do this at the moment. Try again.');
  }
  logger.log('consent_failed', error, { request: `${req.method} ${req.routePath}` });
  return failure(500, 'internal_error', 'The gateway failed to answer. Try again.');
});

function ownerOf(context: Context<OauthEnv>, { uid }: SignedInUser): Owner {
  return { uid, ...requestTrace(context.req.raw, context.env.address) };
}

function clientAnswer(client: ConsentClient): ConsentClient {
  const { clientId, name, host, verified, redirectHost, isLocalApp, uri } = client;
  return { clientId, name, host, verified, redirectHost, isLocalApp, uri };
}

interface OpenRequest {
  client: ConsentClient;
  requestedScopes: string[];
  /** Writes the answer down, and says where the browser has to go now. @throws {HTTPException} when there is one. */
  finish(result: InteractionResults): Promise<string>;
}

/** Looks at an answer, or at what it asks for, before anything of it is done; what is refused is in the person's audit. */
async function recordingRefusal<Result>(
  context: Context<OauthEnv>,
  user: SignedInUser,
  { name: label, redirectHost }: ConsentClient,
  look: () => Promise<Result>,
): Promise<Result> {
  const at = new Date();
  try {
    return await look();
  } catch (error) {
    if (error instanceof ConsentRefused || error instanceof SignInRefused) {
      await recordRefusal(context.env.service, ownerOf(context, user), {
        at,
        connection: noConnection(user.uid),
        tool: 'app.allow' satisfies OwnerAct,
        args: { label, redirectHost },
        errorCode: error.code,
        errorMessage: error.message,
      });
    }
    throw error;
  }
}

/** @returns the connection that the app is to have, and the earlier grants that it takes the place of. */
async function checkApproval(
  { db }: Service,
  user: SignedInUser,
  { client, requestedScopes }: OpenRequest,
  { connectionId, scope, revokeEarlier }: Approval,
): Promise<{ connection: Connection; earlier: Grant[] }> {
  if (!requestedScopes.includes(scope)) {
    throw new ConsentRefused(400, 'invalid_body', 'scope: more than the app asked for');
  }
  if (scope === 'write') await needsFreshSignIn(db, 'widen', user);
  const [connection, grants] = await Promise.all([
    findConnection(db, user.uid, connectionId),
    listGrants(db, { ownerUid: user.uid }),
  ]);
  if (connection === null) throw new ConsentRefused(404, 'not_found', 'There is no such connection.');
  const earlier = revokeEarlier ? grants.filter((grant) => isSameApp(grant, client)) : [];
  if (grants.length - earlier.length >= MOST_GRANTS) {
    const message = `You have ${MOST_GRANTS} connected apps, which is the most there can be. Take some back first.`;
    throw new ConsentRefused(409, 'too_many_apps', message);
  }
  return { connection, earlier };
}

/** Makes the grant that the host's tokens will belong to, a new one for every consent. */
async function approve(
  context: Context<OauthEnv>,
  user: SignedInUser,
  request: OpenRequest,
  answer: Approval,
): Promise<string> {
  const { service } = context.env;
  const { client, requestedScopes, finish } = request;
  const { connectionId, scope, approval, limits } = answer;
  const { connection, earlier } = await recordingRefusal(context, user, client, () =>
    checkApproval(service, user, request, answer),
  );

  const { name: label, redirectHost } = client;
  const owner = ownerOf(context, user);
  const told = { label, redirectHost, scope, approval, limits, revokedEarlier: earlier.length };
  const begunId = await beginByOwner(service, owner, connection, 'app.allow', told);
  const end = recordOfAct(connection, 'app.allow', told, begunId);
  try {
    const grantId = await saveProviderGrant(service, user.uid, client.clientId, scope, requestedScopes);
    const redirectTo = await finish({ login: { accountId: user.uid }, consent: { grantId } });
    await createGrant(service.db, {
      id: grantId,
      ownerUid: user.uid,
      connectionId: connection.id,
      scope,
      clientId: client.clientId,
      clientName: client.name,
      redirectHost: client.redirectHost,
      limits,
      approval,
    });
    if (!(await isStillThere(service.db, connection))) {
      const message = 'The connection was deleted. Go back to the app and connect again.';
      throw new ConsentRefused(404, 'not_found', message);
    }
    await Promise.all(earlier.map(({ id }) => revokeGrant(service.db, id)));
    await recordByOwner(service, owner, end);
    logger.log('consent_given', {
      uid: user.uid,
      clientId: client.clientId,
      grantId,
      connectionId,
      scope,
    });
    return redirectTo;
  } catch (error) {
    const errorCode = error instanceof ConsentRefused ? error.code : 'unavailable';
    await recordByOwner(service, owner, {
      ...end,
      outcome: { ...end.outcome, outcome: 'error', errorCode },
    });
    throw error;
  }
}

/** What the provider itself keeps of a consent: which scopes of which resource. */
async function saveProviderGrant(
  service: Service,
  accountId: string,
  clientId: string,
  scope: Approval['scope'],
  requestedScopes: string[],
): Promise<string> {
  const { provider } = authorizationServer(service);
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(mcpResource(service.publicOrigin), scope === 'write' ? 'read write' : 'read');
  if (requestedScopes.includes('offline_access')) grant.addOIDCScope('offline_access');
  return grant.save();
}

/**
 * Programs send no `Origin`; a page always does with a POST, and has no ID token but of its own.
 * @throws {HTTPException} 403 to a page that is not ours.
 */
function refuseForeignPages({ req, env: { service } }: Context<OauthEnv>): void {
  const origin = req.header('Origin');
  if (!isOwnHost(req.raw, service) || (origin !== undefined && origin !== service.publicOrigin)) {
    throw foreignOrigin();
  }
}

/**
 * Who is signed in.
 * @throws {HTTPException} 403 to a page that is not ours.
 * @throws {SignInRefused}
 */
async function visitor(context: Context<OauthEnv>): Promise<SignedInUser> {
  refuseForeignPages(context);
  const { service } = context.env;
  const user = await signedIn(context.req.header('Authorization'), service);
  await authorizationServer(service).limits.take('consents', user.uid);
  return user;
}

/** @throws {SignInRefused} */
async function signedIn(authorization: string | undefined, service: Service): Promise<SignedInUser> {
  try {
    return await signedInUser(authorization, service);
  } catch (error) {
    // Else Firebase could not be asked.
    throw error instanceof SignInRefused ? error : new Unavailable(error);
  }
}

/**
 * The request that this browser began and nobody has answered.
 * @throws {HTTPException} that does not tell a request of another browser from one that is over.
 */
async function openRequest(context: Context<OauthEnv>): Promise<OpenRequest> {
  const { service } = context.env;
  const { provider, keys } = authorizationServer(service);
  const uid = context.req.param('uid') ?? '';
  const begun = await readInteractions(context.req.raw, keys.sealing, new Date());
  if (!begun.some((each) => each.uid === uid)) throw expiredError();
  const incoming = providerRequest(service.publicOrigin, {
    method: 'GET',
    target: context.req.path,
    headers: new Headers(),
    cookies: { [provider.cookieName('interaction')]: uid },
  });
  const outgoing = new ServerResponse(incoming);
  try {
    const { params, result } = await provider.interactionDetails(incoming, outgoing);
    const client = await provider.Client.find(String(params.client_id));
    if (result !== undefined || client === undefined) throw expiredError();
    return {
      client: describeClient(client, String(params.redirect_uri)),
      requestedScopes: String(params.scope).split(' '),
      async finish(answered) {
        const { stored, goOnAt } = provenAnswer(answered);
        try {
          return goOnAt(await provider.interactionResult(incoming, outgoing, stored));
        } catch (error) {
          // Another answer came first.
          if (error instanceof errors.InvalidGrant) throw expiredError();
          throw error;
        }
      },
    };
  } catch (error) {
    if (error instanceof errors.SessionNotFound) throw expiredError();
    throw error;
  }
}

async function readAnswer(context: Context<OauthEnv>): Promise<Decision> {
  if (!/^application\/json\b/i.test(context.req.header('Content-Type') ?? '')) {
    throw new ConsentRefused(415, 'invalid_body', 'The request body is not JSON.');
  }
  const { data, error } = consentDecision.safeParse(await context.req.json().catch(() => undefined));
  if (error !== undefined) throw new ConsentRefused(400, 'invalid_body', inputProblems(error).message);
  return data;
}

function expiredError(): HTTPException {
  return new ConsentRefused(
    400,
    'interaction_expired',
    'This request was answered, has expired, or was begun in another browser. Go back to the app and connect again.',
  );
}

function foreignOrigin(): HTTPException {
  return new ConsentRefused(403, 'foreign_origin', 'Only the pages of this gateway may call this.');
}

class ConsentRefused extends HTTPException {
  override readonly name = 'ConsentRefused';
  readonly code: ConsoleErrorCode;

  constructor(status: ContentfulStatusCode, code: ConsoleErrorCode, message: string) {
    super(status, { message, res: failure(status, code, message) });
    this.code = code;
  }
}

/** In the form of the console's API. */
function failure(status: number, code: ConsoleErrorCode, message: string): Response {
  return Response.json({ error: { code, message } } satisfies Failure, { status });
}
