/** The console's API, `/api/*`: JSON in and out, a Firebase ID token on every call but `/api/config`, `/api/health`, `/api/reference` and `/api/email/*`. */

import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { METHOD_NAME_ALL } from 'hono/router';
import { inWords } from '../connections/broker-words.ts';
import type { Failure } from '../contract/failure.ts';
import { faultBehind, GatewayError } from '../errors.ts';
import { NotRecorded } from '../http/audit-records.ts';
import { beginCalls } from '../http/calls-at-once.ts';
import { isOwnHost, isOwnOrigin } from '../http/guards.ts';
import * as logger from '../http/logging/logger.ts';
import { requestTrace } from '../http/requests/request-trace.ts';
import { SignInRefused, signedInUser } from '../http/users/signed-in-user.ts';
import type { Service } from '../service.ts';
import { isStorageFailure, PATIENCE_MS, withDeadline } from '../store/database/in-time.ts';
import { recordRefusedChange } from './acts/refused-changes.ts';
import { ApiError } from './requests/api-error.ts';
import { countCall } from './requests/call-rate.ts';
import type { ConsoleEnv } from './requests/environment.ts';
import { routeOf } from './requests/route.ts';
import { accountRoutes } from './routes/account.ts';
import { appRoutes } from './routes/apps.ts';
import { auditRoutes } from './routes/audit.ts';
import { channelRoutes } from './routes/channels.ts';
import { connectionCheckRoutes } from './routes/connection-checks.ts';
import { connectionRoutes } from './routes/connections.ts';
import { demoSignInRoutes } from './routes/demo-sign-in.ts';
import { emailLinkRoutes } from './routes/email-links.ts';
import { glanceRoutes } from './routes/glance.ts';
import { intentRoutes } from './routes/intents.ts';
import { keyRoutes } from './routes/keys.ts';
import { meRoutes } from './routes/me.ts';
import { newsRoutes } from './routes/news.ts';
import { orderRoutes } from './routes/orders.ts';
import { panicRoutes } from './routes/panic.ts';
import { publicConfigRoutes } from './routes/public-config.ts';
import { referenceRoutes } from './routes/reference.ts';
import { healthRoutes, statusRoutes } from './routes/status.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { toolRoutes } from './routes/tools.ts';

const MOST_BODY_BYTES = 64 * 1024;
/** Shortly before the function is cut off. */
const FUNCTION_ENDS_MS = 50_000;
/** What IBKR or another function is asked for on the way, or what is gone through record by record. */
const LONG_CALLS =
  /^(POST (\/[^/]+)+\/(tools\/\w+|test|sign-in|connections|cancel|panic|deletion)|(GET|POST) \/api\/intents\/[^/]+|PATCH \/api\/connections\/[^/]+|GET (\/[^/]+)+\/(audit(\/\w+)?|glance))$/;
/** What may be asked for again and again, and take long each time; nothing that takes power away or decides an order. */
const MAY_WAIT = /^(POST (\/[^/]+)+\/(tools\/\w+|test|sign-in)|GET (\/[^/]+)+\/(audit(\/\w+)?|glance))$/;

const consoleApp = new Hono<ConsoleEnv>().basePath('/api');

/** Answers one HTTP request. */
export function handleConsole(request: Request, service: Service, address: string) {
  return consoleApp.fetch(request, { ...service, ...requestTrace(request, address) });
}

consoleApp.use(async (context, next) => {
  if (!isOwnHost(context.req.raw, context.env) || !isOwnOrigin(context.req.raw, context.env)) {
    throw new ApiError(403, 'foreign_origin', 'Only the console of this gateway may call this.');
  }
  await next();
});
consoleApp.route('/', publicConfigRoutes);
consoleApp.route('/', healthRoutes);
consoleApp.route('/', referenceRoutes);
consoleApp.route('/', emailLinkRoutes);
consoleApp.use(async (context, next) => {
  context.set('user', await signedInUser(context.req.header('Authorization'), context.env));
  await next();
});
consoleApp.use(recordRefusedChange);
consoleApp.use(async (context, next) => {
  await countCall(context.env, context.req, context.get('user').uid);
  await next();
});
consoleApp.use(async ({ env, req: { method, path }, get }, next) => {
  if (!MAY_WAIT.test(`${method} ${path}`)) return next();
  using begun = beginCalls(env, get('user').uid);
  if (begun.isRefused) {
    const message = 'Too many calls at once. Wait until some are answered.';
    throw new ApiError(429, 'too_many_requests', message, { retryAfter: 1 });
  }
  await next();
});
// Firestore's client tries for longer than a function may run, after which nobody would say anything.
consoleApp.use(({ req: { method, path } }, next) =>
  withDeadline(next(), undefined, LONG_CALLS.test(`${method} ${path}`) ? FUNCTION_ENDS_MS : PATIENCE_MS),
);
consoleApp.use(
  bodyLimit({
    maxSize: MOST_BODY_BYTES,
    onError: () => {
      throw new ApiError(413, 'body_too_large', 'The request body is larger than 64 KiB.');
    },
  }),
);

for (const routes of [
  meRoutes,
  statusRoutes,
  accountRoutes,
  connectionCheckRoutes,
  demoSignInRoutes,
  connectionRoutes,
  glanceRoutes,
  keyRoutes,
  subscriptionRoutes,
  appRoutes,
  toolRoutes,
  intentRoutes,
  orderRoutes,
  panicRoutes,
  newsRoutes,
  channelRoutes,
  auditRoutes,
]) {
  consoleApp.route('/', routes);
}

/** Every address and method, such as `GET /connections/:id`, below `/api`. */
export const CONSOLE_ENDPOINTS: readonly string[] = consoleApp.routes
  .filter(({ method }) => method !== METHOD_NAME_ALL)
  .map(({ method, path }) => `${method} ${path.replace('/api', '')}`);

// An address that takes other methods says which.
for (const [path, routes] of Map.groupBy(consoleApp.routes, ({ path }) => path)) {
  const methods = routes.map(({ method }) => method).filter((method) => method !== METHOD_NAME_ALL);
  if (methods.length === 0) continue;
  consoleApp.all(path.replace('/api', ''), (context) => {
    context.header('Allow', methods.join(', '));
    return context.json(failure('method_not_allowed', `This address takes ${methods.join(', ')}.`), 405);
  });
}

consoleApp.notFound((context) => context.json(failure('not_found', 'There is no such address.'), 404));
consoleApp.onError((thrown, context) => {
  const { signal } = context.req.raw;
  // 499, as nginx has it: nobody reads it.
  if (signal.aborted && thrown === signal.reason) return new Response(null, { status: 499 });
  if (thrown instanceof SignInRefused) {
    return context.json(failure(thrown.code, thrown.message), thrown.status);
  }
  if (thrown instanceof NotRecorded) {
    return context.json(failure('unavailable', `${thrown.message} Try again in a moment.`), 503);
  }
  if (isStorageFailure(thrown)) {
    logFailure(context, thrown);
    context.header('Retry-After', '5');
    return context.json(failure('unavailable', storageWords(context.req.method)), 503);
  }
  const error = inWords(thrown);
  if (error instanceof ApiError) {
    if (error.retryAfter !== undefined) context.header('Retry-After', String(error.retryAfter));
    return context.json(
      { ...failure(error.code, error.message, error.fields), ...error.answer },
      error.status,
    );
  }
  if (error instanceof GatewayError) {
    const fault = faultBehind(error);
    if (fault !== undefined) logFailure(context, fault);
    const message = `${error.message} ${error.hint}`;
    const field = error.details?.field;
    const fields = typeof field === 'string' ? { [field]: message } : undefined;
    return context.json(failure(error.code, message, fields), 400);
  }
  logFailure(context, error);
  return context.json(failure('internal_error', 'The gateway failed to answer. Try again.'), 500);
});

/** The request is told by its route, such as `POST /api/email/stop/:id/:token`: what stands in an address may be a secret. */
function logFailure(context: Context<ConsoleEnv>, error: unknown): void {
  const path = routeOf(context)?.path ?? 'an unknown address';
  logger.log('console_failed', error, { request: `${context.req.method} ${path}` });
}

/** The paths that are read with GET, such as `/api/connections/:id`. */
export function consoleReads(): string[] {
  return consoleApp.routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
}

/** A change may be made although its answer was lost. */
function storageWords(method: string): string {
  const words = 'The gateway cannot reach its storage at the moment.';
  return method === 'GET'
    ? `${words} Try again.`
    : `${words} It is not known whether it was done: check before you try again.`;
}

function failure(code: Failure['error']['code'], message: string, fields?: ApiError['fields']): Failure {
  return { error: { code, message, ...(fields && { fields }) } };
}
