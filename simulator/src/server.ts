import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { answerControl } from './control/control.ts';
import {
  type Answer,
  badRequest,
  failureAnswer,
  notFoundAnswer,
  Refusal,
  unauthorized,
} from './http/answer.ts';
import { type Fault, Faults } from './http/faults.ts';
import { objectBody } from './http/json-body.ts';
import { Pacing } from './http/pacing.ts';
import { parseJson, readText } from './http/request-body.ts';
import { RequestLog } from './http/request-log.ts';
import { type ApiTarget, apiTargetOf, type RequestTarget, targetOf } from './http/request-target.ts';
import { router } from './http/routes.ts';
import { callerKey, identify, isGatewayLogin, showsKey } from './session/identity.ts';
import { answerLogin } from './session/login-page.ts';
import { OAuthServer } from './session/oauth.ts';
import { Sandboxes } from './session/sandboxes.ts';
import { Session } from './session/session-state.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { SignIns } from './sign-in/sign-ins.ts';
import { answerSignIn, type SsoRequest, signInPath, signInUser } from './sign-in/sso.ts';
import { ROOT_SESSION, Simulation } from './simulation.ts';
import type { SimulatorParts } from './simulator-parts.ts';
import { readState, StateKeeper } from './state-file.ts';
import { isWebSocket, WebSockets } from './websocket/websockets.ts';

const MATCH_INTERVAL_MS = 500;
/** Longer than clients keep idle connections, so that none breaks while a request is on its way. */
const KEEP_ALIVE_MS = 65_000;

export interface RunningSimulator {
  readonly url: string;
  readonly port: number;
  /** Stops listening, ends open connections and saves the state. */
  close(): Promise<void>;
}

/**
 * Starts a simulator in this process.
 * @throws {Error} when the port is taken (`code: 'EADDRINUSE'`) or the state file unusable.
 */
export async function startSimulator(options: Partial<Settings> = {}): Promise<RunningSimulator> {
  const settings: Settings = { ...DEFAULT_SETTINGS, ...options };
  const simulation = new Simulation(settings, settings.stateFile ? readState(settings.stateFile) : undefined);
  const oauth = new OAuthServer(settings.now, settings.strictOAuth);
  const faults = new Faults();
  const requests = new RequestLog();
  const refusals = new RequestLog();
  const pacing = settings.pacing ? new Pacing(settings.penaltyMs) : undefined;
  const signIns = new SignIns(simulation);
  const sandboxes = new Sandboxes(simulation, (key) => {
    for (const each of [simulation, requests, refusals, pacing]) each?.forget(key);
  });
  const shared = { simulation, oauth, sandboxes, signIns, faults, requests, refusals, pacing };
  const sockets = new WebSockets(shared);
  const parts: SimulatorParts = { ...shared, sockets };
  const server = createServer({ shouldUpgradeCallback: isWebSocket }, (request, response) => {
    serve(request, response, parts).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => sockets.open(request, socket, head));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, settings);
  const keeper = settings.stateFile ? new StateKeeper(settings.stateFile, simulation) : undefined;
  const timer = setInterval(() => {
    simulation.matching.advance();
    sockets.advance();
  }, MATCH_INTERVAL_MS);
  timer.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    port,
    async close() {
      clearInterval(timer);
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      keeper?.stop();
    },
  };
}

function listen(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  parts: SimulatorParts,
): Promise<void> {
  const target = targetOf(request);
  try {
    if (!showsKey(request.headers, parts.simulation.settings.key)) throw unauthorized();
    const userId = parts.signIns.userIdCookie(request.headers.cookie, parts.simulation.clock.now());
    if (userId !== undefined) response.setHeader('Set-Cookie', userId);
    const apiTarget = apiTargetOf(target);
    if (apiTarget) await serveApi(request, response, apiTarget, parts);
    else await serveOutsideApi(request, response, target, parts);
  } catch (error) {
    send(response, answerTo(error));
  }
}

function answerTo(error: unknown): Answer {
  if (error instanceof Refusal) return error.answer;
  return error instanceof URIError
    ? badRequest('the path is not valid').answer
    : failureAnswer(500, 'internal error').answer;
}

/** `/sim`, the sign-in by name and password, and the login page. */
async function serveOutsideApi(
  request: IncomingMessage,
  response: ServerResponse,
  { method, pathname, queryString }: RequestTarget,
  parts: SimulatorParts,
): Promise<void> {
  const text = await readText(request);
  const { simulation, signIns } = parts;
  const { headers } = request;
  if (simulation.settings.control && pathname.startsWith('/sim/')) {
    if (isFromPage(headers, simulation.settings))
      throw new Refusal({ status: 403, body: 'not for web pages' });
    const query = new URLSearchParams(queryString);
    send(response, answerControl(method, pathname, query, parseJson(text), parts));
    return;
  }
  const form = new URLSearchParams(text);
  const sso = {
    method,
    pathname,
    form,
    headers,
    now: simulation.clock.now(),
    realNow: simulation.settings.now(),
  };
  const path = signInPath(sso, signIns);
  if (path !== undefined) return serveSignIn(request, response, sso, path, parts);
  const answer = answerLogin(method, pathname, form, simulation.session(ROOT_SESSION), sso.now);
  send(response, answer ?? notFoundAnswer().answer);
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[?::1\]?)$/;

/**
 * Whether any web page may have sent a request: programs send no `Origin`, and a page whose name was made to lead to this
 * machine (DNS rebinding) has another `Host`.
 */
function isFromPage({ origin, host = '' }: IncomingMessage['headers'], settings: Settings): boolean {
  const isLocal = LOOPBACK.test(settings.host);
  return origin !== undefined || (isLocal && !LOOPBACK.test(host.replace(/:\d+$/, '')));
}

async function serveSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  sso: SsoRequest,
  path: string,
  parts: SimulatorParts,
): Promise<void> {
  const { signIns } = parts;
  const user = signInUser(sso, signIns);
  parts.requests.add(callerKey({ sandbox: undefined, user }), sso.method, path);
  const fault = parts.faults.take(sso.method, path, { user });
  if (fault?.kind === 'reset') request.socket.destroy();
  else if (fault?.kind === 'status') send(response, { status: fault.status, body: fault.body });
  else await answerWithFault(request, response, fault, () => answerSignIn(sso, signIns));
}

async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  target: ApiTarget,
  parts: SimulatorParts,
): Promise<void> {
  const { method, path, sandbox } = target;
  const user = parts.signIns.signedIn(request.headers.cookie)?.user.settings.username;
  parts.requests.add(callerKey({ sandbox, user }), method, path);
  const fault = parts.faults.take(method, path, { sandbox, user });
  if (fault?.kind === 'reset') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'status') throw new Refusal({ status: fault.status, body: fault.body });
  // Read before the wait: what a client has sent is handled even if the client gives up meanwhile.
  const body = parseJson(await readText(request));
  await answerWithFault(request, response, fault, () => answerApi(request, target, body, fault, parts));
}

/** What a fault does around the handling of a request. */
async function answerWithFault(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  handle: () => Answer,
): Promise<void> {
  if (fault?.kind === 'delay') await wait(fault.delayMs);
  const answer = handle();
  if (fault?.kind === 'late_answer') await wait(fault.delayMs, undefined, { ref: false });
  if (fault?.kind === 'reset_after_accept') request.socket.destroy();
  else send(response, fault?.kind === 'malformed' ? malformed(answer) : answer);
}

/** Synchronous from here on: no other request comes between. */
function answerApi(
  request: IncomingMessage,
  target: ApiTarget,
  body: unknown,
  fault: Fault | undefined,
  parts: SimulatorParts,
): Answer {
  const { simulation, pacing } = parts;
  const now = simulation.clock.now();
  const session = identify(request, target, now, parts);
  if (!(session instanceof Session)) return session;
  if (pacing && !isGatewayLogin(target) && !pacing.allows(session.key, target.path, now)) {
    parts.refusals.add(session.key, target.method, target.path);
    throw failureAnswer(429, 'Too Many Requests');
  }
  simulation.matching.advance();
  simulation.expire(session, now);
  session.touch(now);
  if (fault?.kind === 'session_lost') session.logOut();
  if (fault?.kind === 'competing') session.loseBrokerage();
  if (fault?.kind === 'question') session.askNext(objectBody(fault.body));
  const { method, path } = target;
  const query = new URLSearchParams(target.queryString);
  const answer = router.answer({
    method,
    path,
    query,
    body,
    headers: request.headers,
    session,
    simulation,
    market: simulation.marketOf(session.key),
    now,
  });
  if (answer) return answer;
  throw session.isLoggedIn ? notFoundAnswer() : unauthorized();
}

/**
 * A Client Portal Gateway takes whatever one read brings for a whole answer, and reads in ever smaller pieces while
 * answers are shorter than this. IBKR's never are: their headers are long.
 */
const SHORTEST_ANSWER = 512;

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const isText = typeof body === 'string';
  const payload = isText ? body : JSON.stringify(body);
  const length = Buffer.byteLength(payload);
  response.writeHead(status, {
    'Content-Type': isText ? 'text/plain;charset=utf-8' : 'application/json;charset=utf-8',
    'Content-Length': length,
    ...(length < SHORTEST_ANSWER && { 'X-Padding': '-'.repeat(SHORTEST_ANSWER - length) }),
    ...headers,
  });
  response.end(payload);
}

/** Half of the answer, as if cut off, with a length that fits. */
function malformed({ status, body }: Answer): Answer {
  const whole = typeof body === 'string' ? body : JSON.stringify(body);
  const half = `${whole.slice(0, Math.floor(whole.length / 2))}<`;
  return { status, body: half, headers: { 'Content-Type': 'application/json;charset=utf-8' } };
}
