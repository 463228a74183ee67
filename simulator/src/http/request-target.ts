import type { IncomingMessage } from 'node:http';
import type { Method } from './router.ts';

/**
 * `/v1/api/…` and the older `/v1/portal/…`, alone or below `/sandbox/{id}`, or below `/portal.proxy` as IBKR's web sites
 * have it. A slash at the end changes nothing.
 */
const API_PATH = /^(?:\/sandbox\/([^/]+)|\/portal\.proxy)?\/v1\/(?:api|portal)(\/.*?)\/?$/;

/** What a request asks for, before anybody knows whose it is. */
export interface RequestTarget {
  readonly method: Method;
  readonly pathname: string;
  readonly queryString: string;
}

/** A request below one of the API's prefixes. */
export interface ApiTarget extends RequestTarget {
  /** As in the path, still encoded. */
  readonly sandbox: string | undefined;
  readonly path: string;
}

export function targetOf({ method, url = '/' }: IncomingMessage): RequestTarget {
  const mark = url.indexOf('?');
  return {
    method: (method ?? 'GET') as Method,
    pathname: mark === -1 ? url : url.slice(0, mark),
    queryString: mark === -1 ? '' : url.slice(mark + 1),
  };
}

/** Undefined for what is outside of the API: the login pages and `/sim`. */
export function apiTargetOf(target: RequestTarget): ApiTarget | undefined {
  const [, sandbox, path] = API_PATH.exec(target.pathname) ?? [];
  return path === undefined ? undefined : { ...target, sandbox, path };
}
