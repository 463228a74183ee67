/** What clients read to find out where to register, ask and redeem. Made of the public origin alone. */
import { Hono } from 'hono';
import type { OauthEnv } from './environment.ts';
import { authorizationServer } from './provider/provider.ts';
import { callProvider } from './provider/provider-call.ts';
import { mcpResource, RESOURCE_SCOPES, SCOPES } from './provider/scopes.ts';

const CACHED = { 'Cache-Control': 'public, max-age=300' };

/** With the path of the MCP endpoint behind it, as RFC 9728 and RFC 8414 have it, and without, as some clients ask. */
const pathsOf = (name: string) => ['', '/mcp', '/mcp/'].map((suffix) => `/.well-known/${name}${suffix}`);
const RESOURCE_PATHS = pathsOf('oauth-protected-resource');
const SERVER_PATHS = [...pathsOf('oauth-authorization-server'), ...pathsOf('openid-configuration')];

/** Where clients look for the servers of a domain: as MCP has it, and as the catalog of all kinds of agents. */
const CATALOG_PATHS = ['/.well-known/mcp/catalog.json', '/.well-known/ai-catalog.json'];

export const METADATA_PATHS = [...RESOURCE_PATHS, ...SERVER_PATHS, ...CATALOG_PATHS];

export const metadataRoutes = new Hono<OauthEnv>()
  .on('GET', CATALOG_PATHS, (context) => {
    const { publicOrigin } = context.env.service;
    const card = {
      identifier: `urn:air:${new URL(publicOrigin).hostname}:ibkr-gateway`,
      displayName: 'IBKR Gateway',
      type: 'application/mcp-server-card+json',
      url: `${publicOrigin}/mcp/server-card`,
    };
    return context.json({ specVersion: 'draft', entries: [card] }, 200, CACHED);
  })
  .get('/.well-known/openai-apps-challenge', (context) => {
    const { openaiChallenge } = context.env.service;
    return openaiChallenge === undefined ? context.notFound() : context.text(openaiChallenge, 200);
  })
  .on('GET', RESOURCE_PATHS, (context) => {
    const { publicOrigin } = context.env.service;
    const document = {
      // It has to be the URL that the client asked about (RFC 9728 section 3.3): its user may have typed the slash.
      resource: mcpResource(publicOrigin) + (context.req.path.endsWith('/mcp/') ? '/' : ''),
      authorization_servers: [publicOrigin],
      scopes_supported: RESOURCE_SCOPES,
      bearer_methods_supported: ['header'],
      resource_name: 'IBKR Gateway',
    };
    return context.json(document, 200, CACHED);
  })
  .on('GET', SERVER_PATHS, async (context) => {
    const { service } = context.env;
    const { listener } = authorizationServer(service);
    const target = '/.well-known/oauth-authorization-server';
    const answer = await callProvider(listener, service.publicOrigin, {
      method: 'GET',
      target,
      headers: new Headers(),
    });
    const document = (await answer.json()) as Record<string, unknown>;
    return context.json(
      { ...document, scopes_supported: SCOPES, response_modes_supported: ['query'] },
      200,
      CACHED,
    );
  });
