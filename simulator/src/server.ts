import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, accessDenied, badRequest, failed, Refusal, unauthorized } from './answer.ts';
import { answerControl } from './control.ts';
import { type Fault, Faults } from './faults.ts';
import { Pacing } from './pacing.ts';
import { RequestLog } from './request-log.ts';
import type { Method } from './router.ts';
import { router } from './routes.ts';
import type { Session } from './session-state.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { ROOT_SESSION, Simulation } from './simulation.ts';
import { readState, StateKeeper } from './state-file.ts';

const MAX_BODY_BYTES = 1_048_576;
const MATCH_INTERVAL_MS = 500;

/** `/v1/api/…` and the older `/v1/portal/…`, alone or below `/sandbox/{id}`. */
const API_PATH = /^(?:\/sandbox\/([^/]+))?\/v1\/(?:api|portal)(\/.*)$/;

export interface SimulatorParts {
  readonly simulation: Simulation;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly pacing: Pacing | undefined;
}

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
  const parts: SimulatorParts = {
    simulation,
    faults: new Faults(),
    requests: new RequestLog(),
    pacing: settings.pacing ? new Pacing(settings.penaltyMs) : undefined,
  };
  const server = createServer((request, response) => {
    serve(request, response, parts).catch(() => response.destroy());
  });
  await listen(server, settings);
  const keeper = settings.stateFile ? new StateKeeper(settings.stateFile, simulation) : undefined;
  const timer = setInterval(() => simulation.matching.advance(), MATCH_INTERVAL_MS);
  timer.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    port,
    async close() {
      clearInterval(timer);
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
  const { socket } = request;
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const pathname = mark === -1 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1));
  const method = (request.method ?? 'GET') as Method;
  try {
    if (pathname.startsWith('/sim/')) {
      send(response, answerControl(method, pathname, query, await readJson(request), parts));
      return;
    }
    const [, sandbox, path] = API_PATH.exec(pathname) ?? [];
    if (path === undefined) throw new Refusal({ status: 404, body: { error: 'Resource not found' } });
    const key = sandbox === undefined ? ROOT_SESSION : `sandbox/${decodeURIComponent(sandbox)}`;
    parts.requests.add(key, method, path);
    const fault = parts.faults.take(method, path, sandbox);
    const session = parts.simulation.session(key);
    if (fault && (await strike(fault, session, socket, response))) return;
    const body = await readJson(request);
    const answer = answerApi({ method, path, query, body, request, session }, parts);
    if (fault?.kind === 'reset_after_accept') socket.destroy();
    else if (fault?.kind === 'malformed') sendMalformed(response, answer);
    else send(response, answer);
  } catch (error) {
    send(response, error instanceof Refusal ? error.answer : failed(500, 'internal error').answer);
  }
}

interface ApiRequest {
  readonly method: Method;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly request: IncomingMessage;
  readonly session: Session;
}

function answerApi(
  { method, path, query, body, request, session }: ApiRequest,
  parts: SimulatorParts,
): Answer {
  const { simulation, pacing } = parts;
  const now = simulation.clock.now();
  if (pacing && !pacing.allows(session.key, path, now)) throw failed(429, 'Too Many Requests');
  simulation.matching.advance();
  session.touch(now);
  const answer = router.answer({
    method,
    path,
    query,
    body,
    headers: request.headers,
    session,
    simulation,
    now,
  });
  if (answer) return answer;
  throw session.isLoggedIn ? failed(404, 'Resource not found') : unauthorized();
}

/** What a fault does before the request is handled; true when that is all. */
async function strike(
  fault: Fault,
  session: Session,
  socket: Socket,
  response: ServerResponse,
): Promise<boolean> {
  switch (fault.kind) {
    case 'status':
      send(response, { status: fault.status, body: fault.body });
      return true;
    case 'reset':
      socket.destroy();
      return true;
    case 'delay':
      await wait(fault.delayMs);
      return false;
    case 'session_lost':
      session.logOut();
      return false;
    case 'competing':
      session.loseBrokerage();
      return false;
    default:
      return false;
  }
}

/** The body as JSON. @throws {Refusal} 411, 413, 400 or, for characters the edge filters, 403. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const { method, headers } = request;
  const hasLength = headers['content-length'] !== undefined;
  if (method === 'POST' && !hasLength) throw failed(411, 'Length Required');
  if (!hasLength && headers['transfer-encoding'] === undefined) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw failed(413, 'Payload Too Large');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  if (/>=|<=|!=/.test(text)) throw accessDenied();
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body is not JSON');
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const isText = typeof body === 'string';
  const payload = isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': isText ? 'text/plain;charset=utf-8' : 'application/json;charset=utf-8',
    'Content-Length': Buffer.byteLength(payload),
    ...headers,
  });
  response.end(payload);
}

/** Half of the answer, as if cut off, with a length that fits. */
function sendMalformed(response: ServerResponse, answer: Answer): void {
  const whole = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  send(response, {
    ...answer,
    body: `${whole.slice(0, Math.floor(whole.length / 2))}<`,
    headers: { 'Content-Type': 'application/json' },
  });
}
