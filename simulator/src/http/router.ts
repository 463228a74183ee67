import type { IncomingHttpHeaders } from 'node:http';
import type { Market } from '../market/market.ts';
import type { BrokerageSession, Session } from '../session/session-state.ts';
import type { Simulation } from '../simulation.ts';
import { type Answer, badRequest, failureAnswer, unauthorized } from './answer.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request as a handler sees it. */
export interface Call {
  readonly method: Method;
  /** Below the prefix (`/v1/api`, `/sandbox/{id}/v1/api`). */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly session: Session;
  readonly simulation: Simulation;
  /** As the session sees it. */
  readonly market: Market;
  readonly now: number;
}

/** A call whose brokerage session is open. */
export interface BrokerageCall extends Call {
  readonly brokerage: BrokerageSession;
}

/**
 * What must have happened before. `login`: nothing more than the outer login. `brokerage`: `ssodh/init`.
 * `accounts`: also `GET /iserver/accounts`. `portfolio`: `GET /portfolio/accounts`.
 */
export type Route =
  | {
      readonly method: Method;
      readonly path: string;
      readonly needs: 'nothing' | 'login' | 'portfolio';
      readonly handle: (call: Call) => Answer;
    }
  | {
      readonly method: Method;
      readonly path: string;
      readonly needs: 'brokerage' | 'accounts';
      readonly handle: (call: BrokerageCall) => Answer;
    };

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds the route of a path; a segment `:name` stands for any one segment. */
export class Router {
  readonly #routes = new Map<string, CompiledRoute[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.path.split('/');
      const key = `${route.method} ${segments.length}`;
      const group = this.#routes.get(key) ?? [];
      group.push({ route, segments });
      this.#routes.set(key, group);
    }
  }

  /** Answers the call, or undefined when there is no such endpoint. */
  answer(call: Omit<Call, 'params'>): Answer | undefined {
    const parts = call.path.split('/');
    for (const { route, segments } of this.#routes.get(`${call.method} ${parts.length}`) ?? []) {
      const params = match(segments, parts);
      if (params) return run(route, { ...call, params });
    }
    return undefined;
  }
}

function match(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] ?? '';
    const part = parts[i] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(part);
    else if (segment !== part) return undefined;
  }
  return params;
}

function run(route: Route, call: Call): Answer {
  const { session } = call;
  if (route.needs !== 'nothing' && !session.isLoggedIn) throw unauthorized();
  if (route.needs === 'portfolio' && !session.portfolioAccountsCalled) {
    throw badRequest('Please query /portfolio/accounts first');
  }
  if (route.needs === 'nothing' || route.needs === 'login' || route.needs === 'portfolio')
    return route.handle(call);
  if (call.simulation.isResetting(call.now)) throw failureAnswer(503, 'Service Unavailable');
  const { brokerage } = session;
  if (!brokerage) throw badRequest('no bridge');
  if (route.needs === 'accounts' && !brokerage.accountsCalled)
    throw badRequest('Please query /accounts first');
  return route.handle({ ...call, brokerage });
}
