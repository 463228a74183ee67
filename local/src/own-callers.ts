/**
 * Loaded into Firebase's emulators with `--import=own-callers.ts?ports=…&origins=…`: keeps web pages of others, which
 * any browser on this machine may have open, from the emulators at these ports. They themselves would answer every
 * page; one export that a page asks their hub for ends all of them (firebase-tools, pull request 10595).
 */
import { type IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

const { searchParams } = new URL(import.meta.url);
const ports = new Set(searchParams.get('ports')?.split(',').map(Number));
const ownOrigins = new Set(searchParams.get('origins')?.split(','));

/** What a server tells of a request that came. */
const REQUESTS = ['request', 'checkContinue', 'checkExpectation', 'upgrade'];
const { emit } = Server.prototype;

Server.prototype.emit = function (this: Server, event: string | symbol, ...given: unknown[]) {
  const [request, answer] = given as [IncomingMessage, ServerResponse | Duplex];
  if (!REQUESTS.includes(String(event)) || !isGuarded(this) || isOwn(request)) {
    return Reflect.apply(emit, this, [event, ...given]);
  }
  if (answer instanceof ServerResponse) answer.writeHead(403, { Connection: 'close' }).end();
  else answer.destroy();
  return true;
};

function isGuarded(server: Server): boolean {
  const address = server.address();
  return address !== null && typeof address !== 'string' && ports.has(address.port);
}

/** Programs send no `Origin`. A page whose name was made to lead here (DNS rebinding) has another `Host`. */
function isOwn({ headers: { host = '', origin } }: IncomingMessage): boolean {
  if (!LOOPBACK.test(host)) return false;
  return origin === undefined || ownOrigins.has(origin) || origin === `http://${host}`;
}
