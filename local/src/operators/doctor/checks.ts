/** What a gateway has to answer, from what everything else depends on to what depends on it. */
import { z } from 'zod';
import type { Answer, Check, Gateway } from './examine.ts';

/** Codes and tokens of people whose clocks differ more are refused as too old or too young. */
const CLOCKS_DIFFER_MS = 30_000;

/** What is needed of these; a gateway of another version may say more. */
const publicConfig = z.object({ apiKey: z.string().nullable() });
const serverMetadata = z.object({ issuer: z.string(), jwks_uri: z.string(), token_endpoint: z.string() });
const resourceMetadata = z.object({ resource: z.string(), authorization_servers: z.array(z.string()) });
const catalogOfServers = z.object({ entries: z.array(z.object({ url: z.string() })).min(1) });
const serverCard = z.object({ remotes: z.array(z.object({ url: z.string() })).min(1) });
const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })).min(1) });
const toolAnswer = z.object({
  result: z.object({ isError: z.boolean().optional(), structuredContent: z.looseObject({}) }),
});

const DEPLOY_HOSTING = 'Deploy Hosting from this checkout: npx firebase deploy --only hosting.';
const READ_LOG = 'The log of the function says why: npx firebase functions:log.';

export const CHECKS: readonly Check[] = [
  {
    name: 'It can be reached',
    fix: 'Look at the name, its DNS record and its certificate (Firebase console, Hosting, custom domains), or start it: npm start.',
    look: async ({ ask }) => {
      const { status } = await ask('/');
      return status === 200 ? null : `/ is answered ${status}.`;
    },
  },
  {
    name: 'The pages are there, with their headers',
    fix: DEPLOY_HOSTING,
    look: async ({ ask, origin }) => {
      const { headers, text } = await ask('/');
      if (!text.includes('<div id="root">')) return '/ is another page.';
      const wanted = ['content-security-policy', 'x-content-type-options', 'x-frame-options'];
      if (origin.startsWith('https:')) wanted.push('strict-transport-security');
      const missing = wanted.filter((name) => !headers.has(name));
      return missing.length === 0 ? null : `/ lacks ${missing.join(', ')}.`;
    },
  },
  {
    name: 'What is not there is not found',
    fix: DEPLOY_HOSTING,
    look: async ({ ask }) => {
      const answers = await Promise.all(['/assets/none.js', '/none'].map((path) => ask(path)));
      return answers.every(({ status }) => status === 404) ? null : 'A page that there is not is answered.';
    },
  },
  {
    name: 'The console’s function has its settings',
    fix: `Set what it names in functions/.env.YOUR_PROJECT and deploy. ${READ_LOG}`,
    look: async ({ ask }) => {
      const answer = await ask('/api/config');
      const { data } = publicConfig.safeParse(answer.json);
      if (data === undefined) return unexpected('/api/config', answer);
      return data.apiKey === null ? 'WEB_API_KEY is not set, so that nobody can sign in.' : null;
    },
  },
  {
    name: 'It knows the name by which it is called',
    fix: 'Set PUBLIC_ORIGIN to the origin that people and hosts use, without a slash at its end, and deploy.',
    look: async ({ ask, origin }) => {
      const path = '/.well-known/oauth-authorization-server';
      const answer = await ask(path);
      const { data } = serverMetadata.safeParse(answer.json);
      if (data === undefined) return unexpected(path, answer);
      return data.issuer === origin ? null : `It calls itself ${data.issuer}.`;
    },
  },
  {
    name: 'Its tokens can be verified',
    fix: `OAUTH_KEYS may be missing or malformed: npx node local/src/new-oauth-keys.ts makes new ones. ${READ_LOG}`,
    look: async ({ ask, origin }) => {
      const metadata = serverMetadata.safeParse((await ask('/.well-known/oauth-authorization-server')).json);
      if (metadata.data === undefined) return 'Where its keys are is not told.';
      const url = new URL(metadata.data.jwks_uri);
      if (url.origin !== origin) return `Its keys are at ${url.origin}.`;
      const answer = await ask(url.pathname);
      return keySet.safeParse(answer.json).success ? null : unexpected(url.pathname, answer);
    },
  },
  {
    name: 'Hosts find their way from /mcp to the sign-in',
    fix: `Hosting has to send /mcp and /.well-known to the functions: ${DEPLOY_HOSTING}`,
    look: async ({ ask, origin }) => {
      const { status, headers } = await ask('/mcp', { method: 'POST' });
      if (status !== 401) return `/mcp is answered ${status} without a token.`;
      const [, place] = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '') ?? [];
      const url = URL.parse(place ?? '');
      if (url === null || url.origin !== origin) return `It leads hosts to ${place ?? 'nowhere'}.`;
      const answer = await ask(url.pathname);
      const { data } = resourceMetadata.safeParse(answer.json);
      if (data === undefined) return unexpected(url.pathname, answer);
      if (data.resource !== `${origin}/mcp`) return `It calls its endpoint ${data.resource}.`;
      return data.authorization_servers.includes(origin) ? null : 'It names another authorization server.';
    },
  },
  {
    name: 'Directories find its card',
    fix: `Hosting has to send /mcp/** and /.well-known/** to the functions: ${DEPLOY_HOSTING}`,
    look: async ({ ask, origin }) => {
      const catalog = '/.well-known/ai-catalog.json';
      const answer = await ask(catalog);
      const [entry] = catalogOfServers.safeParse(answer.json).data?.entries ?? [];
      if (entry === undefined) return unexpected(catalog, answer);
      const url = URL.parse(entry.url);
      if (url === null || url.origin !== origin) return `The catalog leads to ${entry.url}.`;
      const card = await ask(url.pathname);
      const [remote] = serverCard.safeParse(card.json).data?.remotes ?? [];
      if (remote === undefined) return unexpected(url.pathname, card);
      return remote.url === `${origin}/mcp` ? null : `The card calls its endpoint ${remote.url}.`;
    },
  },
  {
    name: 'Its clock and the one here agree',
    fix: 'Set the clock of this machine: Google’s are right.',
    look: async ({ ask }) => {
      const said = Date.parse((await ask('/api/config')).headers.get('date') ?? '');
      const seconds = Math.round(Math.abs(said - Date.now()) / 1_000);
      return Number.isNaN(said) || seconds * 1_000 <= CLOCKS_DIFFER_MS
        ? null
        : `They differ by ${seconds} s.`;
    },
  },
  {
    name: 'A call with an API key is answered',
    fix: `A key that has ended is made anew on the page of its connection. ${READ_LOG}`,
    needsKey: true,
    look: callWithKey,
  },
];

async function callWithKey({ ask, key }: Gateway): Promise<string | null> {
  const answer = await ask('/mcp', {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'get_connection_status', arguments: {} },
    }),
  });
  const { data } = toolAnswer.safeParse(answer.json);
  if (data === undefined) return unexpected('/mcp', answer);
  const { isError, structuredContent } = data.result;
  return isError ? JSON.stringify(structuredContent) : null;
}

function unexpected(path: string, { status, json }: Answer): string {
  return `${path} is answered ${status}${json === null ? ', without JSON' : ''}.`;
}
