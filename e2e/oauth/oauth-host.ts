/** A host that connects, with plain `oauth4webapi`, and the browser of its user. */
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { consentRequest, consentResult } from '../../functions/src/contract/access/consent.ts';
import { failure } from '../../functions/src/contract/failure.ts';
import { recentToken } from '../console-client.ts';
import type { HostingProxy } from '../hosting-proxy.ts';
import { demo } from '../own-stack.ts';

/** A browser that keeps cookies and follows no redirect by itself. */
export class Browser {
  readonly #proxy: HostingProxy;
  readonly #cookies = new Map<string, string>();

  constructor(proxy: HostingProxy) {
    this.#proxy = proxy;
  }

  get cookies(): string {
    return [...this.#cookies].map((pair) => pair.join('=')).join('; ');
  }

  async send(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const address = new URL(url, demo().origin);
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0 && !headers.has('Cookie')) headers.set('Cookie', this.cookies);
    const answer = await this.#proxy.fetch(address.href, { ...init, headers, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0\b/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Calls the consent API as the page does, and holds what it answers against the contract. */
  async consent(
    uid: string,
    idToken: string | null,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown }> {
    const bearer = idToken === null || body === undefined ? idToken : await recentToken(idToken);
    const answer = await this.send(`/api/consent/${uid}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json', Origin: demo().origin }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const agreed = answer.ok ? (body === undefined ? consentRequest : consentResult) : failure;
    return { status: answer.status, body: agreed.parse(await answer.json()) };
  }
}

/** Locally the stack speaks plain HTTP. */
interface Transport {
  [oauth.allowInsecureRequests]: true;
  [oauth.customFetch]: (url: string, options: object) => Promise<Response>;
}

export const REDIRECT_URI = 'http://127.0.0.1:39211/callback';

const redirectTo = z.object({ redirectTo: z.string() });

export interface Tokens {
  access_token: string;
  refresh_token: string;
  scope: string;
  expires_in: number;
}

/** One host: its registration, and the requests it makes. */
export class OauthHost {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly #options: Transport;
  readonly #authentication: oauth.ClientAuth;

  private constructor(
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    options: Transport,
    authentication: oauth.ClientAuth,
  ) {
    this.server = server;
    this.client = client;
    this.#options = options;
    this.#authentication = authentication;
  }

  /**
   * Discovers the authorization server from the MCP endpoint's address alone, as hosts do.
   * @param client A client id that needs no registration, or what is registered.
   */
  static async open(
    proxy: HostingProxy,
    client: { client_id: string } | Partial<oauth.Client> = { redirect_uris: [REDIRECT_URI] },
  ): Promise<OauthHost> {
    const options: Transport = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: proxy.fetch };
    const resource = new URL('/mcp', demo().origin);
    const described = await oauth.resourceDiscoveryRequest(resource, options);
    const { authorization_servers: [issuer = ''] = [] } = await oauth.processResourceDiscoveryResponse(
      resource,
      described,
    );
    const discovered = await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(new URL(issuer), discovered);
    if (typeof client.client_id === 'string') {
      return new OauthHost(server, { client_id: client.client_id }, options, oauth.None());
    }
    const registered = await oauth.dynamicClientRegistrationRequest(server, client, options);
    const known = await oauth.processDynamicClientRegistrationResponse(registered);
    const authentication =
      typeof known.client_secret === 'string' ? oauth.ClientSecretPost(known.client_secret) : oauth.None();
    return new OauthHost(server, known, options, authentication);
  }

  /** A request for consent. @param parameters Change it; an empty text leaves one out. */
  async authorizationRequest(parameters: Record<string, string> = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(this.server.authorization_endpoint ?? '');
    const asked = {
      client_id: this.client.client_id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'read write offline_access',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      resource: `${demo().origin}/mcp`,
      ...parameters,
    };
    for (const [name, value] of Object.entries(asked)) if (value !== '') url.searchParams.set(name, value);
    return { url, verifier, state, redirectUri: asked.redirect_uri };
  }

  /** From the first address to the tokens, with a user who says yes. */
  async connect(
    browser: Browser,
    idToken: string,
    answer: Record<string, unknown>,
    parameters: Record<string, string> = {},
  ): Promise<Tokens> {
    const request = await this.authorizationRequest(parameters);
    return this.redeem(request, await approve(browser, idToken, request.url, answer));
  }

  /** Exchanges the code in a redirect for tokens. */
  async redeem(
    { verifier, state, redirectUri }: { verifier: string; state: string; redirectUri: string },
    redirect: URL,
  ): Promise<Tokens> {
    const parameters = oauth.validateAuthResponse(this.server, this.client, redirect, state);
    const answer = await oauth.authorizationCodeGrantRequest(
      this.server,
      this.client,
      this.#authentication,
      parameters,
      redirectUri,
      verifier,
      this.#options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(this.server, this.client, answer);
    return tokensOf(tokens);
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const answer = await oauth.refreshTokenGrantRequest(
      this.server,
      this.client,
      this.#authentication,
      refreshToken,
      this.#options,
    );
    return tokensOf(await oauth.processRefreshTokenResponse(this.server, this.client, answer));
  }

  async revoke(token: string): Promise<void> {
    const answer = await oauth.revocationRequest(
      this.server,
      this.client,
      this.#authentication,
      token,
      this.#options,
    );
    await oauth.processRevocationResponse(answer);
  }
}

/** Opens a request for consent. @returns the uid of the consent page that the browser is sent to. */
export async function begin(browser: Browser, url: URL): Promise<string> {
  const answer = await browser.send(url);
  const uid = /^\/consent\/([\w-]+)$/.exec(answer.headers.get('location') ?? '')?.[1];
  if (uid === undefined) throw new Error(`No consent page: ${answer.status} ${await answer.text()}`);
  return uid;
}

/** Has a user say yes. @returns where their browser is sent then, with the code. */
export async function approve(
  browser: Browser,
  idToken: string,
  url: URL,
  answer: Record<string, unknown>,
): Promise<URL> {
  const uid = await begin(browser, url);
  const { status, body } = await browser.consent(uid, idToken, { decision: 'approve', ...answer });
  if (status !== 200) throw new Error(`Consent answered ${status} ${JSON.stringify(body)}`);
  return resume(browser, redirectTo.parse(body).redirectTo);
}

/** Goes where the consent page sends the browser. @returns the address of the host that it is sent to then. */
export async function resume(browser: Browser, address: string): Promise<URL> {
  const answer = await browser.send(address);
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`No redirect: ${answer.status} ${await answer.text()}`);
  return new URL(location);
}

function tokensOf({
  access_token,
  refresh_token = '',
  scope = '',
  expires_in = 0,
}: oauth.TokenEndpointResponse) {
  return { access_token, refresh_token, scope, expires_in };
}
