/** The transport of `oauth` connections: straight to `api.ibkr.com`, every call signed. */

import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import {
  endpointName,
  errorText,
  noAnswerError,
  PENALTY_MS,
  rateLimited,
  refusal,
  unexpectedAnswer,
} from '../wire/ibkr-error.ts';
import { parseJsonBody } from '../wire/json-body.ts';
import { type IbkrRequest, type IbkrResponse, TransportError } from '../wire/request.ts';
import { openPool, sendRequest } from './http-request.ts';
import type { LiveSession, Login } from './login.ts';
import type { OAuthCredentials } from './oauth-credentials.ts';
import {
  deriveLiveSessionToken,
  freshness,
  isLiveSessionToken,
  type KeyExchange,
  keyExchange,
  signCall,
  signTokenRequest,
} from './oauth1/oauth-signature.ts';
import type { Transport } from './transport.ts';

const CALL_TIMEOUT_MS = 20_000;
const DAY_MS = 24 * 60 * 60_000;

const TOKEN_REQUEST: IbkrRequest = { method: 'POST', path: '/oauth/live_session_token' };

const tokenAnswer = z.object({
  diffie_hellman_response: z.string().regex(/^[0-9a-f]+$/i),
  live_session_token_signature: z.string(),
  live_session_token_expiration: z.number(),
});

/**
 * A transport that logs itself in: `exchange` gets a live session token, which `use` puts to work. Until then
 * `send` rejects, since nothing can be signed.
 *
 * A host that answers 410 is left for the next one, which reads then go to at once. A request that may change
 * something is not repeated: its 410 is the answer, and the next one goes to the next host.
 */
export function oauthTransport(credentials: OAuthCredentials): Transport & Login {
  const { consumerKey, accessToken, realm, secret, signatureKey } = credentials;
  const identity = { consumerKey, accessToken, realm };
  let hosts = credentials.baseUrls.map((baseUrl) => {
    const { origin, pathname } = new URL(baseUrl);
    return { baseUrl, pool: openPool(origin), basePath: pathname, callTimeoutMs: CALL_TIMEOUT_MS };
  });
  let group: KeyExchange | undefined;
  let liveSession: LiveSession | undefined;

  async function send(request: IbkrRequest, sign: (url: string) => string): Promise<IbkrResponse> {
    const mayRepeat = request.method === 'GET' || request === TOKEN_REQUEST;
    let response: IbkrResponse = { status: 410, body: '' };
    for (const host of [...hosts]) {
      response = await sendRequest(host, request, { authorization: sign(host.baseUrl + request.path) });
      if (response.status !== 410) break;
      if (hosts[0] === host) hosts = [...hosts.slice(1), host];
      if (!mayRepeat) break;
    }
    return response;
  }

  /** @returns null when IBKR's token is not ours. */
  async function tryExchange(): Promise<LiveSession | null> {
    group ??= keyExchange(credentials.dhPrime, credentials.dhGenerator);
    const { exponent, challenge } = group.challenge();
    const response = await send(TOKEN_REQUEST, (url) =>
      signTokenRequest({ ...identity, ...freshness(), url, secret, signatureKey, challenge }),
    );
    const answer = parseTokenAnswer(response);
    const sharedSecret = group.sharedSecret(exponent, answer.diffie_hellman_response);
    if (!sharedSecret) return null;
    const token = deriveLiveSessionToken(sharedSecret, secret);
    if (!isLiveSessionToken(token, consumerKey, answer.live_session_token_signature)) return null;
    return { token, expiresAt: expiry(answer.live_session_token_expiration) };
  }

  return {
    async exchange() {
      const session = (await answerOf(tryExchange())) ?? (await answerOf(tryExchange()));
      if (session) return session;
      throw new BrokerError({ name: 'session_tokens_differ' });
    },
    use(session) {
      liveSession = session;
    },
    async send(request) {
      if (!liveSession) throw new Error('no live session token to sign with');
      const { token: liveSessionToken } = liveSession;
      const { method, query = {} } = request;
      return await send(request, (url) =>
        signCall({ ...identity, ...freshness(), method, url, query, liveSessionToken }),
      );
    },
    async close() {
      await Promise.all(hosts.map(({ pool }) => pool.close()));
    },
  };
}

async function answerOf<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange;
  } catch (error) {
    throw error instanceof TransportError ? noAnswerError(TOKEN_REQUEST, error) : error;
  }
}

function parseTokenAnswer(response: IbkrResponse): z.output<typeof tokenAnswer> {
  const { status, body } = response;
  if (status === 429) throw rateLimited(PENALTY_MS, status);
  // The CDN in front answers with HTML, and then the credentials were not looked at.
  if ([400, 401, 403].includes(status) && !body.startsWith('<')) throw rejectedError(body);
  if (status !== 200) throw refusal(TOKEN_REQUEST, response);
  try {
    return tokenAnswer.parse(parseJsonBody(body));
  } catch (cause) {
    throw unexpectedAnswer(TOKEN_REQUEST, cause);
  }
}

function rejectedError(body: string): BrokerError {
  const reason = errorText(body);
  const isUnknown = reason?.includes('invalid consumer') ?? false;
  return new BrokerError(
    { name: isUnknown ? 'consumer_key_unknown' : 'credentials_refused' },
    { endpoint: endpointName(TOKEN_REQUEST), reason },
  );
}

/** IBKR's word for the end, unless it makes no sense; never beyond the day that a token lives. */
function expiry(expiration: number): number {
  const latest = Date.now() + DAY_MS;
  return expiration > Date.now() && expiration < latest ? expiration : latest;
}
