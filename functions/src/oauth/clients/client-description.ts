import type { Client } from 'oidc-provider';
import type { ConsentClient } from '../../contract/access/consent.ts';
import type { Grant } from '../../store/credentials/grants.ts';
import { redirectTarget } from './client-policy.ts';

const UNNAMED = 'Unnamed app';

export function describeClient(client: Client, redirectUri: string): ConsentClient {
  const { clientId, clientName, clientUri } = client;
  const publisher = client.clientIdMetadataDocument === true ? new URL(clientId) : null;
  const host = publisher?.host ?? null;
  const redirect = new URL(redirectUri);
  const target = redirectTarget(redirectUri);
  return {
    clientId,
    name: clientName || (host ?? UNNAMED),
    host,
    verified: publisher !== null && target === 'web' && isSameDomain(publisher.hostname, redirect.hostname),
    redirectHost: redirectHost(redirect, target),
    isLocalApp: target !== 'web',
    uri: clientUri?.startsWith('https:') ? clientUri : null,
  };
}

/** Whether two hosts are one, or one is within the other. */
function isSameDomain(one: string, other: string): boolean {
  return `.${one}`.endsWith(`.${other}`) || `.${other}`.endsWith(`.${one}`);
}

/** Ports of this machine are left out: they are others each time. */
function redirectHost(url: URL, target: ReturnType<typeof redirectTarget>): string {
  if (target === 'app') return url.protocol;
  return target === 'loopback' ? url.hostname : url.host;
}

/**
 * Whether a grant is the app's: a web site that registers anew for every connection is known by its name and where it
 * is answered. On this machine any program is answered there, and may have taken another's name.
 */
export function isSameApp(grant: Grant, client: ConsentClient): boolean {
  if (grant.clientId === client.clientId) return true;
  if (client.isLocalApp || client.name === UNNAMED) return false;
  return grant.clientName === client.name && grant.redirectHost === client.redirectHost;
}
