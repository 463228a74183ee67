/** The authorization server: oidc-provider with our rules, storage and pages. */
import Provider, { type Configuration, errors, interactionPolicy } from 'oidc-provider';
import { isActiveUser } from '../../http/users/active-user.ts';
import type { Service } from '../../service.ts';
import { ClientDocuments } from '../clients/client-documents.ts';
import { checkClient, GRANT_TYPES } from '../clients/client-policy.ts';
import { RegistrationCap } from '../clients/registration-cap.ts';
import { renderError } from '../error-page.ts';
import { type OauthKeys, parseOauthKeys } from './keys.ts';
import { logEvents } from './provider-events.ts';
import { RateLimits, TooManyRequests } from './rate-limits.ts';
import { forgetfulAdapter, RecordAdapter } from './record-adapter.ts';
import { mcpResource, RESOURCE_SCOPES, SCOPES } from './scopes.ts';

const MINUTE = 60;
const DAY = 86_400;
export const INTERACTION_SECONDS = 10 * MINUTE;
/** A refresh token ends when it was not used for this long. */
const REFRESH_IDLE_SECONDS = 90 * DAY;
/** However often it was used, this long after consent it has to be given anew. */
const REFRESH_MOST_SECONDS = 180 * DAY;

/** Most hosts are public clients; Claude on the web asks for a secret. */
const CLIENT_AUTH_METHODS = ['none', 'client_secret_post', 'client_secret_basic'] as const;

export const ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  jwks: '/oauth/jwks',
  /** Always there in the provider; not routed to, as there are no sessions to end. */
  end_session: '/oauth/end-session',
};

/** Where a person answers a request; its uid comes behind. */
export const CONSENT_PAGE = '/consent/';

export interface AuthorizationServer {
  provider: Provider;
  keys: OauthKeys;
  limits: RateLimits;
  registrationCap: RegistrationCap;
  /** Answers what `callProvider` hands it. */
  listener: ReturnType<Provider['callback']>;
}

const built = new WeakMap<Service, AuthorizationServer>();

/**
 * The authorization server of this process, built when it is first needed.
 * @throws {Error} when its keys are missing or malformed.
 */
export function authorizationServer(service: Service): AuthorizationServer {
  const known = built.get(service);
  if (known !== undefined) return known;
  const keys = parseOauthKeys(service.oauthKeys);
  const limits = new RateLimits();
  const provider = new Provider(service.publicOrigin, configuration(service, keys, limits));
  // `provider-call.ts` sets the headers that this believes: https behind Hosting, and the caller's address.
  provider.proxy = true;
  logEvents(provider);
  for (const event of ['authorization.error', 'grant.error', 'revocation.error']) {
    provider.on(event as 'grant.error', (context, error) => {
      if (error instanceof TooManyRequests) context.set('Retry-After', String(error.retryAfterSeconds));
    });
  }
  const registrationCap = new RegistrationCap(service.db);
  const server = { provider, keys, limits, registrationCap, listener: provider.callback() };
  built.set(service, server);
  return server;
}

function configuration(service: Service, keys: OauthKeys, limits: RateLimits): Configuration {
  const resource = mcpResource(service.publicOrigin);
  const documents = new ClientDocuments(service, limits);
  return {
    adapter: (model) => (model === 'Session' ? forgetfulAdapter : new RecordAdapter(service, model)),
    routes: ROUTES,
    scopes: [...SCOPES],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: CLIENT_AUTH_METHODS,
    discovery: { revocation_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS },
    clientDefaults: {
      grant_types: GRANT_TYPES,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    jwks: { keys: keys.signing },
    cookies: { keys: [], long: { signed: false }, short: { signed: false } },
    clockTolerance: 0,
    clientBasedCORS: () => true,
    fetch: (input) => documents.fetch(input),
    extraClientMetadata: {
      properties: ['redirect_uris'],
      validator: (_context, _name, _value, metadata) => checkClient(metadata),
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      registration: { enabled: true, initialAccessToken: false, issueRegistrationAccessToken: false },
      revocation: { enabled: true },
      clientIdMetadataDocument: {
        enabled: true,
        ack: 'draft-02',
        // Without a context where a page of ours asks.
        allowFetch: (context, address) => documents.obtain(address, context?.ip),
        // How often one instance asks `documents`, which knows how fresh they are.
        cacheDuration: { min: MINUTE, max: DAY },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (context, asked) => {
          if (asked !== resource || Array.isArray(context.oidc.params?.resource))
            throw new errors.InvalidTarget();
          return {
            audience: resource,
            scope: RESOURCE_SCOPES.join(' '),
            accessTokenFormat: 'opaque',
            accessTokenTTL: service.accessTokenSeconds,
          };
        },
      },
    },
    interactions: {
      policy: consentEveryTime(),
      url: (_context, { uid }) => CONSENT_PAGE + uid,
    },
    loadExistingGrant: async ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    findAccount: async (_context, uid) => ((await isActiveUser(service, uid)) ? account(uid) : undefined),
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    rotateRefreshToken: async ({ oidc }) => {
      // Before the token is used up: its host may come back with it.
      await limits.take('refreshes', oidc.entities.RefreshToken?.grantId);
      return true;
    },
    revokeGrantPolicy: () => true,
    ttl: {
      AccessToken: service.accessTokenSeconds,
      AuthorizationCode: MINUTE,
      IdToken: MINUTE,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
      RefreshToken: (_context, token) => {
        const end = (token.iiat ?? nowInSeconds()) + REFRESH_MOST_SECONDS;
        return Math.max(1, Math.min(REFRESH_IDLE_SECONDS, end - nowInSeconds()));
      },
      // Of its last refresh token and the access token that came with it.
      Grant: REFRESH_MOST_SECONDS + service.accessTokenSeconds,
    },
    renderError,
  };
}

/** Consent is asked for at every authorization, also of whom said yes before; `prompt=none` can therefore not succeed. */
function consentEveryTime(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.clear();
  const { Check, Prompt } = interactionPolicy;
  policy.add(
    new Prompt(
      { name: 'consent', requestable: true },
      new Check('consent_needed', 'The user has to say yes to every request.', ({ oidc }) => {
        const scopes = oidc.requestParamScopes;
        if (!RESOURCE_SCOPES.some((scope) => scopes.has(scope))) {
          // RFC 6749 section 4.1.2.1.
          throw new errors.InvalidScope('None of the requested scopes is known.', '');
        }
        return oidc.result?.consent === undefined;
      }),
    ),
  );
  return policy;
}

function account(uid: string) {
  return { accountId: uid, claims: () => ({ sub: uid }) };
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
