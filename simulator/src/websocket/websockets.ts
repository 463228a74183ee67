/** `/ws`, where clients of the API hear of changes without asking. */

import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { badRequest, failureAnswer, notFoundAnswer, Refusal, unauthorized } from '../http/answer.ts';
import type { Fault, Faults } from '../http/faults.ts';
import type { Pacing } from '../http/pacing.ts';
import type { RequestLog } from '../http/request-log.ts';
import { type ApiTarget, apiTargetOf, targetOf } from '../http/request-target.ts';
import { callerKey, identifySocket, sessionCookie, showsKey } from '../session/identity.ts';
import type { OAuthServer } from '../session/oauth.ts';
import type { Sandboxes } from '../session/sandboxes.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import { type Simulation, sandboxKey } from '../simulation.ts';
import { WebSocketSession } from './websocket-session.ts';

const MAX_MESSAGE_BYTES = 65_536;

interface WebSocketParts {
  readonly simulation: Simulation;
  readonly oauth: OAuthServer;
  readonly sandboxes: Sandboxes;
  readonly signIns: SignIns;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly refusals: RequestLog;
  readonly pacing: Pacing | undefined;
}

/** Other upgrades, such as the one to HTTP/2 that Java's client asks for, are passed over. */
export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** All WebSockets of a simulator. */
export class WebSockets {
  readonly #parts: WebSocketParts;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  readonly #sessions = new Set<WebSocketSession>();

  constructor(parts: WebSocketParts) {
    this.#parts = parts;
    parts.simulation.onChange(() => {
      for (const each of this.#sessions) each.tellOrders();
    });
  }

  /** Takes over a connection that asks for a WebSocket, or refuses it by an HTTP answer. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#open(request, socket, head).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : failureAnswer(500, 'internal error');
      refuse(socket, error instanceof URIError ? badRequest('the path is not valid') : refusal);
    });
  }

  /** Sends what is due by now. */
  advance(): void {
    for (const each of this.#sessions) each.advance();
  }

  /** Sends an urgent message of IBKR to the clients of one sandbox, or to all. */
  bulletin(message: string, sandbox?: string): void {
    const id = randomUUID();
    for (const each of this.#sessions) {
      if (sandbox === undefined || each.session.key === sandboxKey(sandbox)) each.bulletin(id, message);
    }
  }

  close(): void {
    for (const each of this.#sessions) each.close();
    this.#server.close();
  }

  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const target = apiTargetOf(targetOf(request));
    if (!isWebSocket(request) || target?.path !== '/ws') throw notFoundAnswer();
    const { simulation, pacing, refusals } = this.#parts;
    if (!showsKey(request.headers, simulation.settings.key)) throw unauthorized();
    const fault = this.#count(request, target);
    if (fault?.kind === 'reset') {
      socket.destroy();
      return;
    }
    if (fault?.kind === 'status') throw new Refusal({ status: fault.status, body: fault.body });
    if (fault?.kind === 'delay') await wait(fault.delayMs);
    const session = identifySocket(request, target, this.#parts);
    if (pacing && !pacing.allows(session.key, target.path, simulation.clock.now())) {
      refusals.add(session.key, target.method, target.path);
      throw failureAnswer(429, 'Too Many Requests');
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new WebSocketSession(webSocket, session, simulation);
      this.#sessions.add(client);
      webSocket.on('close', () => this.#sessions.delete(client));
      client.begin(sessionCookie(request.headers.cookie));
    });
  }

  #count({ headers }: IncomingMessage, { method, path, sandbox }: ApiTarget): Fault | undefined {
    const { requests, faults, signIns } = this.#parts;
    const user = signIns.signedIn(headers.cookie)?.user.settings.username;
    requests.add(callerKey({ sandbox, user }), method, path);
    return faults.take(method, path, { sandbox, user });
  }
}

function refuse(socket: Duplex, { answer: { status, body, headers } }: Refusal): void {
  const isText = typeof body === 'string';
  const payload = isText ? body : JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries({
      'Content-Type': isText ? 'text/plain;charset=utf-8' : 'application/json;charset=utf-8',
      'Content-Length': Buffer.byteLength(payload),
      Connection: 'close',
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${payload}`);
}
