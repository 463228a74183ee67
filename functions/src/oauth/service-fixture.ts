import { randomBytes } from 'node:crypto';
import type { Service } from '../service.ts';
import { Vault } from '../store/vault.ts';
import { handleOauth } from './app.ts';

export const ORIGIN = 'https://gateway.example';

/** What the authorization server is given. */
export function newService(fields: Pick<Service, 'db' | 'oauthKeys'> & Partial<Service>): Service {
  return {
    publicOrigin: ORIGIN,
    accessTokenSeconds: 86_400,
    trustedProxies: [],
    vault: new Vault(`test:${randomBytes(32).toString('base64')}`),
    ...fields,
  } as Service;
}

/** Answers a request without a network. @param address Of the caller. */
export function send(
  service: Service,
  path: string,
  init: RequestInit = {},
  address = '203.0.113.1',
): Response | Promise<Response> {
  return handleOauth(new Request(ORIGIN + path, init), service, address);
}
