/** Test support: a server on loopback that answers in place of IBKR what a test says. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, IbkrConnection } from '../../broker/session/connection.ts';
import { inMemorySessionStore } from '../../broker/session/session-store.ts';
import { gatewayTransport } from '../../broker/transport/gateway-transport.ts';
import { closeAfterFile } from '../after-file.ts';

export interface PlayedRequest {
  /** What stood in the place of each `*` of the route. */
  named: string[];
  query: URLSearchParams;
  body: unknown;
}

/** JSON; `__status` in it is its HTTP status, 200 without. */
type Answer = object | readonly unknown[];
/** By method and path below `/v1/api`, such as `GET /iserver/account/orders`; `*` stands for one segment of it. */
export type Routes = Record<string, Answer | ((request: PlayedRequest) => Answer | Promise<Answer>)>;

export interface PlayedIbkr {
  url: string;
  /** Method and path of every request so far. */
  asked: string[];
  /** Sets routes; the last one that fits answers. */
  set(routes: Routes): void;
  connection: IbkrConnection;
  /** A further connection, which remembers nothing of the others. */
  connect(): IbkrConnection;
}

const HEALTHY = { authenticated: true, competing: false, connected: true };

/** What `GET /iserver/accounts` answers; the selected account is the one selected last, at first this one. */
interface Login {
  accounts: readonly string[];
  groups?: readonly string[];
  profiles?: readonly string[];
  selectedAccount?: string;
}

/** Plays a login, an open session, and what else `routes` say. Ends with the tests of the file. */
export async function playIbkr(
  login: Login,
  routes: Routes = {},
  options: Partial<ConnectionOptions> = {},
): Promise<PlayedIbkr> {
  let selectedAccount = login.selectedAccount ?? login.accounts[0];
  const played: Routes = {
    'POST /iserver/auth/status': HEALTHY,
    'POST /tickle': { session: 'played', iserver: { authStatus: HEALTHY } },
    'GET /iserver/accounts': () => ({ isPaper: true, ...login, selectedAccount }),
    'POST /iserver/account': ({ body }) => {
      selectedAccount = (body as { acctId: string }).acctId;
      return { set: true, acctId: selectedAccount };
    },
    'GET /portfolio/accounts': login.accounts.map((id) => ({
      id,
      accountId: id,
      type: 'DEMO',
      currency: 'USD',
    })),
    'GET /iserver/account/orders': { orders: [], snapshot: true },
    'GET /iserver/account/trades': [],
    ...routes,
  };
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const name = `${request.method} ${pathname.replace('/v1/api', '')}`;
    const body = await bodyOf(request);
    asked.push(name);
    const route = Object.keys(played).findLast((one) => namedIn(one, name) !== null);
    const answer = played[route ?? ''] ?? { __status: 404, error: `no answer to ${name}` };
    const told =
      typeof answer === 'function'
        ? await answer({ named: namedIn(route ?? '', name) ?? [], query: searchParams, body })
        : answer;
    const { __status: status = 200 } = told as { __status?: number };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(told, (key, value) => (key === '__status' ? undefined : value)));
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connections: IbkrConnection[] = [];
  const connect = () => {
    const transport = gatewayTransport({ url }, { localMode: true });
    const connection = new IbkrConnection({
      transport,
      store: inMemorySessionStore(),
      limits: [],
      ...options,
    });
    connections.push(connection);
    return connection;
  };
  closeAfterFile(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    server.closeAllConnections();
    server.close();
  });
  return { url, asked, connection: connect(), connect, set: (more) => Object.assign(played, more) };
}

function namedIn(route: string, name: string): string[] | null {
  const pattern = new RegExp(`^${route.replaceAll('*', '([^/]+)')}$`);
  return pattern.exec(name)?.slice(1).map(decodeURIComponent) ?? null;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : JSON.parse(text);
}
