/** The pages of IBKR's sign-in: form posts, and redirects that are followed over IBKR's hosts only. */

import type { Pool } from 'undici';
import { isLoopbackHost } from '../../network/public-address.ts';
import { BrokerError } from '../errors.ts';
import { type HttpAnswer, type HttpRequest, openPool, sendHttp } from '../transport/http-request.ts';
import { noAnswerError } from '../wire/ibkr-error.ts';
import { TransportError } from '../wire/request.ts';
import type { Cookies } from './cookies.ts';
import { signInChanged } from './refusals.ts';

const CALL_TIMEOUT_MS = 15_000;
const MOST_REDIRECTS = 8;

const IBKR_HOST = /(^|\.)(interactivebrokers|ibkr)\.com$/;

type Form = Readonly<Record<string, string>>;

/** One person's way through the sign-in. */
export class SignInPages {
  readonly #base: URL;
  readonly #cookies: Cookies;
  readonly #pools = new Map<string, Pool>();

  /** @param base Where IBKR's sign-in is; where that is this machine, redirects may lead about it. */
  constructor(base: URL, cookies: Cookies) {
    this.#base = base;
    this.#cookies = cookies;
  }

  /** A page, after all redirects. */
  get(path: string): Promise<string> {
    return this.#visit(new URL(path, this.#base), 'GET', null);
  }

  /** What a form gets for an answer, after all redirects. */
  post(path: string, form: Form): Promise<string> {
    return this.#visit(new URL(path, this.#base), 'POST', new URLSearchParams(form).toString());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  async #visit(start: URL, method: 'GET' | 'POST', form: string | null): Promise<string> {
    let [url, sent] = [start, { method, body: form }];
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const answer = await this.#send(url, sent);
      const next = redirectOf(url, answer);
      if (next === null) return pageOf(url, sent.method, answer);
      if (!mayFollow(this.#base, next)) throw signInChanged('redirect');
      // 307 and 308 repeat a form; nothing of the sign-in is known to, and it has its proofs in it.
      if (answer.status === 307 || answer.status === 308) throw signInChanged('redirect');
      [url, sent] = [next, { method: 'GET', body: null }];
    }
    throw signInChanged('redirect');
  }

  async #send(url: URL, { method, body }: Pick<HttpRequest, 'method' | 'body'>): Promise<HttpAnswer> {
    const cookie = this.#cookies.forPage(url);
    const headers = {
      ...(cookie !== '' && { cookie }),
      ...(body !== null && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const target = { pool: this.#pool(url.origin), callTimeoutMs: CALL_TIMEOUT_MS };
    try {
      const path = url.pathname + url.search;
      const answer = await sendHttp(target, { method, path, headers, body });
      this.#cookies.take(url, answer.headers['set-cookie']);
      return answer;
    } catch (error) {
      throw error instanceof TransportError ? noAnswerError({ method, path: url.pathname }, error) : error;
    }
  }

  #pool(origin: string): Pool {
    const pool = this.#pools.get(origin) ?? openPool(origin);
    this.#pools.set(origin, pool);
    return pool;
  }
}

/** Whether a redirect of a sign-in that is made at `base` may be followed. */
export function mayFollow(base: URL, { protocol, hostname }: URL): boolean {
  if (isLoopbackHost(base.hostname)) return isLoopbackHost(hostname);
  return protocol === 'https:' && IBKR_HOST.test(hostname);
}

function redirectOf(url: URL, { status, headers }: HttpAnswer): URL | null {
  if (status < 300 || status >= 400 || typeof headers.location !== 'string') return null;
  const next = URL.parse(headers.location, url.href);
  if (next === null) throw signInChanged('redirect');
  return next;
}

function pageOf(url: URL, method: string, { status, body }: HttpAnswer): string {
  if (status === 200) return body;
  const asked = { status, endpoint: `${method} ${url.pathname}` };
  if (status === 429) throw new BrokerError({ name: 'rate_limited' }, { ...asked, retryAfter: 600 });
  // Its firewall answers 403 in HTML, its nights 404, 500, 502 and 503: no word about who signs in.
  throw new BrokerError({ name: 'server_error', isNightlyReset: false }, asked);
}
