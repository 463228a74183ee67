/** The routes of the authorization server. */

import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { errors } from 'oidc-provider';
import type { ConsoleErrorCode, Failure } from '../contract/failure.ts';
import * as logger from '../http/logging/logger.ts';
import { forwardedCaller } from '../http/requests/client-address.ts';
import { isTooDeep } from '../http/requests/nesting.ts';
import type { Service } from '../service.ts';
import { effectiveAuthorizationRequest } from './authorization-request.ts';
import { acceptRegistration, parseObject } from './clients/client-policy.ts';
import { consentRoutes } from './consent.ts';
import type { OauthEnv } from './environment.ts';
import { errorResponse } from './error-page.ts';
import { METADATA_PATHS, metadataRoutes } from './metadata.ts';
import { isProven } from './proven-answer.ts';
import { authorizationServer, CONSENT_PAGE, INTERACTION_SECONDS, ROUTES } from './provider/provider.ts';
import { callProvider, type ProviderRequest } from './provider/provider-call.ts';
import { type Limited, TooManyRequests } from './provider/rate-limits.ts';
import { mcpResource, withCanonicalResource } from './provider/scopes.ts';
import { readInteractions, sessionCookie } from './session-cookie.ts';

const MOST_BODY_BYTES = 16 * 1024;
const TOO_LARGE = 'The request body is larger than 16 KiB.';
const NOT_FOUND = 'There is no such address.';
const OTHER_METHOD = 'This address takes other methods.';
/** Called by a page of ours, as the console's API is. */
const CONSENT_API = '/api/';
/** As much of it as tells clients apart. */
const MOST_CLIENT_ID = 255;
/** When storage or sign-in could not be reached. */
const RETRY_AFTER_SECONDS = 10;

const app = new Hono<OauthEnv>();

/** Answers one HTTP request. */
export function handleOauth(request: Request, service: Service, address: string) {
  // On one's own machine nothing but the caller would have written it.
  const forwardedFor = service.localMode ? null : request.headers.get('x-forwarded-for');
  const forwardsFor = forwardedCaller(forwardedFor, service.trustedProxies);
  return app.fetch(request, { service, address, forwardsFor });
}

app.use(async (context, next) => {
  await next();
  const { error, res } = context;
  if (error instanceof TooManyRequests) context.header('Retry-After', String(error.retryAfterSeconds));
  else if (res.status === 503) context.header('Retry-After', String(RETRY_AFTER_SECONDS));
});
/** What a page of another origin may call: everything that neither reads nor sets the cookie. */
const anyOrigin = cors({ origin: '*', exposeHeaders: ['WWW-Authenticate', 'Retry-After'], maxAge: 3600 });
for (const path of ['/.well-known/*', ROUTES.token, ROUTES.registration, ROUTES.revocation, ROUTES.jwks]) {
  app.use(path, anyOrigin);
}
app.use(
  bodyLimit({
    maxSize: MOST_BODY_BYTES,
    onError: ({ req }) =>
      req.path.startsWith(CONSENT_API)
        ? consoleRefusal(413, 'body_too_large', TOO_LARGE)
        : refusal(413, 'invalid_request', TOO_LARGE),
  }),
);

app.route('/', metadataRoutes);
app.route('/', consentRoutes);

app.get(ROUTES.jwks, (context) => passToProvider(context, { method: 'GET', target: ROUTES.jwks }));

app.use(`${ROUTES.authorization}/*`, (context, next) =>
  // Hono would have GET answer it, and what that does is done once.
  context.req.method === 'HEAD' ? Promise.resolve(wrongMethodResponse('GET')) : next(),
);

app.get(ROUTES.authorization, limitTo('authorizations'), async (context) => {
  const { publicOrigin } = context.env.service;
  const query = effectiveAuthorizationRequest(new URL(context.req.url).searchParams, publicOrigin);
  const answer = await passToProvider(context, { method: 'GET', target: `${ROUTES.authorization}?${query}` });
  return rememberInteractions(context, answer);
});

app.get(`${ROUTES.authorization}/:uid`, async (context) => {
  const { service } = context.env;
  const { keys, provider } = authorizationServer(service);
  const uid = context.req.param('uid');
  const begun = await readInteractions(context.req.raw, keys.sealing, new Date());
  const isBegun = begun.some((each) => each.uid === uid);
  const interaction = isBegun ? await provider.Interaction.find(uid) : undefined;
  const answer = interaction?.result;
  const isOwn = isBegun && (answer === undefined || isProven(answer, new URL(context.req.url)));
  // The provider would end this request and begin another.
  if (interaction !== undefined && answer === undefined) {
    return context.redirect(CONSENT_PAGE + uid, 303);
  }
  const goneOn = await passToProvider(context, {
    method: 'GET',
    target: `${ROUTES.authorization}/${encodeURIComponent(uid)}`,
    ...(isOwn && { cookies: { [provider.cookieName('resume')]: uid } }),
  });
  return isOwn && goneOn.status === 303 ? rememberInteractions(context, goneOn, uid) : goneOn;
});

app.post(ROUTES.registration, limitTo('registrations'), async (context) => {
  const { service, address } = context.env;
  const { limits, registrationCap } = authorizationServer(service);
  await registrationCap.check(new Date());
  // Where the addresses of proxies are not known, theirs would stand for all callers.
  if (service.trustedProxies.length > 0) await limits.take('registrationsToday', address);
  const body = Buffer.from(await context.req.arrayBuffer());
  const asked = parseObject(body.toString());
  if (isTooDeep(asked)) throw new errors.InvalidClientMetadata('it is nested deeper than any client is');
  return passToProvider(context, {
    method: 'POST',
    target: ROUTES.registration,
    body: asked === undefined ? body : Buffer.from(JSON.stringify(acceptRegistration(asked))),
  });
});

app.post(ROUTES.token, async (context) => {
  const { service, address, forwardsFor } = context.env;
  const { limits } = authorizationServer(service);
  await limits.check('tokenFloods', address, forwardsFor);
  const given = Buffer.from(await context.req.arrayBuffer()).toString();
  const form = withCanonicalResource(new URLSearchParams(given), service.publicOrigin);
  // Before the provider uses up the code or refresh token that comes with it.
  const resource = mcpResource(service.publicOrigin);
  if (form.getAll('resource').some((each) => each !== resource)) throw new errors.InvalidTarget();
  const body = Buffer.from(form.has('resource') ? form.toString() : given);
  const answer = await passToProvider(context, { method: 'POST', target: ROUTES.token, body });
  // Only what fails is held back: strangers may share the address, and know the client's id.
  if (answer.status >= 400 && answer.status < 500) {
    await limits.take('tokenFloods', address, { forwardsFor });
    const client = form.get('client_id')?.slice(0, MOST_CLIENT_ID);
    await limits.take('tokenFailures', address, { part: client });
  }
  return answer;
});

app.post(ROUTES.revocation, async (context) => {
  const body = Buffer.from(await context.req.arrayBuffer());
  return passToProvider(context, { method: 'POST', target: ROUTES.revocation, body });
});

for (const [path, methods] of [
  ...METADATA_PATHS.map((path) => [path, 'GET, HEAD, OPTIONS'] as const),
  [ROUTES.jwks, 'GET, HEAD, OPTIONS'],
  [ROUTES.authorization, 'GET'],
  [`${ROUTES.authorization}/:uid`, 'GET'],
  [ROUTES.registration, 'POST, OPTIONS'],
  [ROUTES.token, 'POST, OPTIONS'],
  [ROUTES.revocation, 'POST, OPTIONS'],
] as const) {
  app.all(path, () => wrongMethodResponse(methods));
}
for (const [path, Allow] of [
  ['/api/consent/:uid', 'GET, HEAD, POST'],
  ['/api/consent/:uid/client', 'GET, HEAD'],
] as const) {
  app.all(path, () => consoleRefusal(405, 'method_not_allowed', OTHER_METHOD, { Allow }));
}

app.notFound(({ req }) =>
  req.path.startsWith(CONSENT_API)
    ? consoleRefusal(404, 'not_found', NOT_FOUND)
    : refusal(404, 'not_found', NOT_FOUND),
);
app.onError((error, context) => {
  const known = error instanceof errors.OIDCProviderError && error.expose;
  if (!known)
    logger.log('oauth_failed', error, { request: `${context.req.method} ${context.req.routePath}` });
  const [status, code] = known ? [error.statusCode, error.error] : [500, 'server_error'];
  const description = known ? error.error_description : 'The server failed to answer. Try again.';
  const isPage = context.req.path.startsWith(ROUTES.authorization);
  return isPage ? errorResponse(status, code) : refusal(status, code, description ?? '');
});

function limitTo(what: Limited): MiddlewareHandler<OauthEnv> {
  return async ({ env: { service, address, forwardsFor } }, next) => {
    await authorizationServer(service).limits.take(what, address, { forwardsFor });
    await next();
  };
}

function passToProvider(
  { env: { service, address }, req }: Context<OauthEnv>,
  request: Omit<ProviderRequest, 'headers' | 'address'>,
): Promise<Response> {
  const { listener } = authorizationServer(service);
  return callProvider(listener, service.publicOrigin, { ...request, headers: req.raw.headers, address });
}

/**
 * An answer with the cookie that has the browser remember the request for consent that it is sent to, and forget the
 * one that is over. Hosting passes a cookie on only with an answer that says it is for this browser alone.
 */
async function rememberInteractions(
  context: Context<OauthEnv>,
  answer: Response,
  over?: string,
): Promise<Response> {
  const { service } = context.env;
  const { keys } = authorizationServer(service);
  const now = new Date();
  const location = answer.headers.get('location') ?? '';
  const begins = location.startsWith(CONSENT_PAGE);
  if (!begins && over === undefined) return answer;
  const begun = await readInteractions(context.req.raw, keys.sealing, now);
  const interactions = begun.filter((each) => each.uid !== over);
  if (begins) {
    const until = now.getTime() + INTERACTION_SECONDS * 1000;
    interactions.push({ uid: location.slice(CONSENT_PAGE.length), until });
  }
  const secure = service.publicOrigin.startsWith('https:');
  answer.headers.set('Set-Cookie', await sessionCookie(interactions, keys.sealing, { secure, now }));
  answer.headers.set('Cache-Control', 'private, no-store');
  return answer;
}

function wrongMethodResponse(allowed: string): Response {
  return refusal(405, 'invalid_request', OTHER_METHOD, { Allow: allowed });
}

/** An error as RFC 6749 section 5.2 has it. */
function refusal(status: number, error: string, description: string, headers: Record<string, string> = {}) {
  return Response.json({ error, error_description: description }, { status, headers });
}

/** An error as the console's API has it. */
function consoleRefusal(
  status: number,
  code: ConsoleErrorCode,
  message: string,
  headers: Record<string, string> = {},
) {
  return Response.json({ error: { code, message } } satisfies Failure, { status, headers });
}
