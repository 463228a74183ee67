/** The routes of the authorization server. */
import * as logger from 'firebase-functions/logger';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { errors } from 'oidc-provider';
import type { Service } from '../service.ts';
import { effectiveAuthorizationRequest } from './authorization-request.ts';
import { acceptedRegistration, parseObject } from './client-policy.ts';
import { consentRoutes } from './consent.ts';
import type { OauthEnv } from './environment.ts';
import { errorResponse } from './error-page.ts';
import { metadataRoutes } from './metadata.ts';
import { authorizationServer, INTERACTION_SECONDS, ROUTES } from './provider.ts';
import { callProvider, type ProviderRequest } from './provider-call.ts';
import type { Limited } from './rate-limits.ts';
import { mcpResource } from './scopes.ts';
import { begunInteractions, sessionCookie } from './session-cookie.ts';

const MOST_BODY_BYTES = 16 * 1024;
const RETRY_AFTER_SECONDS = '10';

const app = new Hono<OauthEnv>();

/** Answers one HTTP request. */
export function handleOauth(request: Request, service: Service, address: string) {
  return app.fetch(request, { service, address });
}

app.use(async (context, next) => {
  await next();
  // What may well succeed in a while.
  if ([429, 503].includes(context.res.status)) context.header('Retry-After', RETRY_AFTER_SECONDS);
});
/** What a page of another origin may call: everything that neither reads nor sets the cookie. */
const anyOrigin = cors({ origin: '*', exposeHeaders: ['WWW-Authenticate', 'Retry-After'], maxAge: 3600 });
for (const path of ['/.well-known/*', ROUTES.token, ROUTES.registration, ROUTES.revocation, ROUTES.jwks]) {
  app.use(path, anyOrigin);
}
app.use(
  bodyLimit({
    maxSize: MOST_BODY_BYTES,
    onError: () => refusal(413, 'invalid_request', 'The request body is larger than 16 KiB.'),
  }),
);

app.route('/', metadataRoutes);
app.route('/', consentRoutes);

app.get(ROUTES.jwks, (context) => pass(context, { method: 'GET', target: ROUTES.jwks }));

app.get(ROUTES.authorization, limited('authorizations'), async (context) => {
  const { service } = context.env;
  const query = effectiveAuthorizationRequest(new URL(context.req.url).searchParams);
  const answer = await pass(context, { method: 'GET', target: `${ROUTES.authorization}?${query}` });
  const uid = /^\/consent\/([\w-]+)$/.exec(answer.headers.get('location') ?? '')?.[1];
  if (uid === undefined) return answer;
  const now = new Date();
  const { keys } = authorizationServer(service);
  const begun = await begunInteractions(context.req.raw, keys.sealing, now);
  const until = now.getTime() + INTERACTION_SECONDS * 1000;
  return withInteractions(context, answer, [...begun, { uid, until }]);
});

app.get(`${ROUTES.authorization}/:uid`, async (context) => {
  const { service } = context.env;
  const { keys, provider } = authorizationServer(service);
  const uid = context.req.param('uid');
  const begun = await begunInteractions(context.req.raw, keys.sealing, new Date());
  const isOwn = begun.some((each) => each.uid === uid);
  const answer = await pass(context, {
    method: 'GET',
    target: `${ROUTES.authorization}/${encodeURIComponent(uid)}`,
    ...(isOwn && { cookies: { [provider.cookieName('resume')]: uid } }),
  });
  if (!isOwn || answer.status !== 303) return answer;
  return withInteractions(
    context,
    answer,
    begun.filter((each) => each.uid !== uid),
  );
});

app.post(ROUTES.registration, limited('registrations'), async (context) => {
  await authorizationServer(context.env.service).registrationCap.check(new Date());
  const body = Buffer.from(await context.req.arrayBuffer());
  const asked = parseObject(body.toString());
  return pass(context, {
    method: 'POST',
    target: ROUTES.registration,
    body: asked === undefined ? body : Buffer.from(JSON.stringify(acceptedRegistration(asked))),
  });
});

app.post(ROUTES.token, async (context) => {
  const { limits } = authorizationServer(context.env.service);
  await limits.check('tokenFailures', context.env.address);
  const body = Buffer.from(await context.req.arrayBuffer());
  // Before the provider uses up the code or refresh token that comes with it.
  const resource = mcpResource(context.env.service.publicOrigin);
  const asked = new URLSearchParams(body.toString()).getAll('resource');
  if (asked.length > 1 || asked.some((each) => each !== resource)) throw new errors.InvalidTarget();
  const answer = await pass(context, { method: 'POST', target: ROUTES.token, body });
  if (answer.status >= 400) await limits.take('tokenFailures', context.env.address);
  return answer;
});

app.post(ROUTES.revocation, async (context) => {
  const body = Buffer.from(await context.req.arrayBuffer());
  return pass(context, { method: 'POST', target: ROUTES.revocation, body });
});

for (const [path, methods] of [
  ['/.well-known/:name{(oauth|openid)-[a-z-]+}/:endpoint{mcp}?', 'GET, HEAD, OPTIONS'],
  [ROUTES.jwks, 'GET, HEAD, OPTIONS'],
  [ROUTES.authorization, 'GET, HEAD'],
  [`${ROUTES.authorization}/:uid`, 'GET, HEAD'],
  [ROUTES.registration, 'POST, OPTIONS'],
  [ROUTES.token, 'POST, OPTIONS'],
  [ROUTES.revocation, 'POST, OPTIONS'],
  ['/api/consent/:uid', 'GET, HEAD, POST'],
] as const) {
  app.all(path, () =>
    refusal(405, 'invalid_request', 'This address takes other methods.', { Allow: methods }),
  );
}

app.notFound(() => refusal(404, 'not_found', 'There is no such address.'));
app.onError((error, context) => {
  const known = error instanceof errors.OIDCProviderError && error.expose;
  if (!known) logger.error(`${context.req.method} ${context.req.routePath} failed`, error);
  const [status, code] = known ? [error.statusCode, error.error] : [500, 'server_error'];
  const description = known ? error.error_description : 'The server failed to answer. Try again.';
  const isPage = context.req.path.startsWith(ROUTES.authorization);
  return isPage ? errorResponse(status, code) : refusal(status, code, description ?? '');
});

function limited(what: Limited): MiddlewareHandler<OauthEnv> {
  return async ({ env: { service, address } }, next) => {
    await authorizationServer(service).limits.take(what, address);
    await next();
  };
}

function pass(
  { env: { service }, req }: Context<OauthEnv>,
  request: Omit<ProviderRequest, 'headers'>,
): Promise<Response> {
  const { listener } = authorizationServer(service);
  return callProvider(listener, service.publicOrigin, { ...request, headers: req.raw.headers });
}

/** Hosting passes a cookie on only with an answer that says it is for this browser alone. */
async function withInteractions(
  { env: { service } }: Context<OauthEnv>,
  answer: Response,
  interactions: Parameters<typeof sessionCookie>[0],
): Promise<Response> {
  const { keys } = authorizationServer(service);
  const secure = service.publicOrigin.startsWith('https:');
  answer.headers.set(
    'Set-Cookie',
    await sessionCookie(interactions, keys.sealing, { secure, now: new Date() }),
  );
  answer.headers.set('Cache-Control', 'private, no-store');
  return answer;
}

/** An error as RFC 6749 section 5.2 has it. */
function refusal(status: number, error: string, description: string, headers: Record<string, string> = {}) {
  return Response.json({ error, error_description: description }, { status, headers });
}
