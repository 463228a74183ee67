/** The transport of `managed` connections: it calls with the cookies of a session that somebody signed in to. */

import type { Pool } from 'undici';
import { z } from 'zod';
import { openPool, sendRequest } from '../transport/http-request.ts';
import type { LiveSession, Login } from '../transport/login.ts';
import type { Transport } from '../transport/transport.ts';
import { SIGN_IN_MS } from './attempts.ts';
import { Cookies, cookieList } from './cookies.ts';

const CALL_TIMEOUT_MS = 20_000;
/** IBKR ends a session after a day at the latest, most of them at the reset of the night. */
export const SESSION_MS = 24 * 3_600_000;
/** One that could not be opened soon after its sign-in would not be after another one, of which there are to be few. */
const YOUNG_MS = 15 * 60_000;

/** What a session is kept as. */
const managedSession = z.object({ apiUrl: z.url(), cookies: cookieList });

export function sessionToken(session: z.input<typeof managedSession>): Uint8Array {
  return Buffer.from(JSON.stringify(session));
}

interface Target {
  pool: Pool;
  basePath: string;
  callTimeoutMs: number;
  cookies: Cookies;
}

/**
 * Until `use`, nothing can be sent.
 * @param exchange Signs in.
 */
export function managedTransport(exchange: () => Promise<LiveSession>): Transport & Login {
  let target: Target | undefined;
  return {
    exchange,
    exchangeMs: SIGN_IN_MS,
    isOver: ({ expiresAt }) => Date.now() > expiresAt - SESSION_MS + YOUNG_MS,
    use({ token }) {
      const { apiUrl, cookies } = managedSession.parse(JSON.parse(Buffer.from(token).toString()));
      const { origin, pathname } = new URL(apiUrl);
      target = {
        pool: target?.pool ?? openPool(origin),
        basePath: pathname,
        callTimeoutMs: CALL_TIMEOUT_MS,
        cookies: new Cookies(cookies),
      };
    },
    async send(request) {
      if (target === undefined) throw new Error('no session to call with');
      const { cookies, basePath } = target;
      return await sendRequest(target, request, { cookie: cookies.forApi(basePath + request.path) });
    },
    close: async () => target?.pool.close(),
  };
}
