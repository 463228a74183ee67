/** A host that connects, its user's browser, and the authorization server, without a network between them. */
import { createHash, randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import type { InteractionResults } from 'oidc-provider';
import { beforeEach } from 'vitest';
import { z } from 'zod';
import { newOauthKeys } from '../../../../local/src/data/secret-keys.ts';
import { handleOauth } from '../../oauth/app.ts';
import { provenAnswer } from '../../oauth/proven-answer.ts';
import { authorizationServer } from '../../oauth/provider/provider.ts';
import type { Service } from '../../service.ts';
import { Vault } from '../../store/vault/vault.ts';
import { useFirestore } from '../firestore.ts';
import { testService, UNKNOWN_OPERATOR } from '../service.ts';

const ORIGIN = 'https://gateway.example';
export const REDIRECT_URI = 'https://host.example/callback';
export const VERIFIER = 'x'.repeat(43);

/** What the authorization server is given. */
export function newService(fields: Pick<Service, 'db' | 'oauthKeys'>): Service {
  const vaultKeys = `test:${randomBytes(32).toString('base64')}`;
  return {
    publicOrigin: ORIGIN,
    localMode: false,
    managedSignIn: false,
    projectId: 'demo-test',
    simulatorUrl: undefined,
    simulatorKey: undefined,
    webApiKey: undefined,
    authEmulator: undefined,
    accessTokenSeconds: 86_400,
    callsPerMinute: 600,
    auditDays: 90,
    trustedProxies: [],
    allowedEmails: [],
    operatorEmails: [],
    openaiChallenge: undefined,
    vaultKeys,
    vault: new Vault(vaultKeys),
    mail: undefined,
    operator: UNKNOWN_OPERATOR,
    signInKeys: undefined,
    signInUrl: 'https://unused.example',
    signIns: testService(fields.db).signIns,
    enqueueNewsOf: async () => {},
    ...fields,
  };
}

/**
 * Runs one database for the tests of a file, and gives each test an authorization server with a client registered there.
 */
export function useHost(use: (opened: { service: Service; clientId: string }) => void): void {
  let db: Firestore;
  useFirestore((opened) => {
    db = opened;
  });
  beforeEach(async () => {
    const service = newService({ db, oauthKeys: newOauthKeys() });
    use({ service, clientId: await register(service) });
  });
}

/** @param address Of the caller. */
export function send(
  service: Service,
  path: string,
  init: RequestInit = {},
  address = '203.0.113.1',
): Response | Promise<Response> {
  return handleOauth(new Request(ORIGIN + path, init), service, address);
}

/** @returns the client's id. */
async function register(service: Service): Promise<string> {
  const registered = await send(service, '/oauth/register', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI] }),
  });
  return z.object({ client_id: z.string() }).parse(await registered.json()).client_id;
}

export function authorizationUrl(clientId: string, more: Record<string, string> = {}): string {
  const parameters = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  };
  return `/oauth/authorize?${new URLSearchParams(parameters)}`;
}

/** A request for consent, and what the browser sends that began it. */
export async function begin(service: Service, clientId: string, more: Record<string, string> = {}) {
  const answer = await send(service, authorizationUrl(clientId, more));
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const page = answer.headers.get('location') ?? '';
  return { page, uid: page.replace('/consent/', ''), headers: { Cookie: cookie } };
}

/**
 * Answers a request without the consent page, which takes somebody signed in at Firebase.
 * @returns where the browser goes on that answered.
 */
export async function answer(service: Service, uid: string, result: InteractionResults): Promise<string> {
  const interaction = await authorizationServer(service).provider.Interaction.find(uid);
  if (interaction === undefined) throw new Error('There is no such request.');
  const { stored, goOnAt } = provenAnswer(result);
  interaction.result = stored;
  await interaction.save(60);
  return goOnAt(`/oauth/authorize/${uid}`);
}
