/**
 * What the provider does, in the log: enough to follow one host's story and to raise an alarm by, and no code, token,
 * secret or cookie. A grant's id is none of those: nothing is given for it.
 */

import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import * as logger from '../../http/logging/logger.ts';
import { Unavailable } from './unavailable.ts';

export function logEvents(provider: Provider): void {
  provider.on('registration_create.success', (context, client) => {
    logger.log('client_registered', { ...detailsOf(context), redirectUris: client.redirectUris });
  });
  provider.on('interaction.started', (context) => logger.log('consent_asked', detailsOf(context)));
  provider.on('authorization.success', (context) => logger.log('code_issued', detailsOf(context)));
  provider.on('grant.success', (context) => logger.log('tokens_issued', detailsOf(context)));
  provider.on('grant.revoked', (context, grantId) => {
    logger.log('grant_revoked', { ...detailsOf(context), grantId });
  });
  for (const event of [
    'authorization.error',
    'grant.error',
    'registration_create.error',
    'revocation.error',
  ]) {
    provider.on(event as 'grant.error', (context, error) => {
      const name = error instanceof Unavailable ? 'oauth_unavailable' : 'oauth_refused';
      logger.log(name, { ...detailsOf(context), ...reasonOf(error) });
    });
  }
  provider.on('server_error', (context, error) => {
    logger.log('oauth_failed', { ...detailsOf(context), error });
  });
  // Koa's, for what the provider itself did not catch.
  provider.onerror = (error) => logger.log('oauth_failed', { error });
}

function detailsOf({ oidc }: KoaContextWithOIDC) {
  const { route, client, entities } = oidc;
  return {
    route,
    clientId: client?.clientId,
    grantId: entities.Grant?.jti,
    uid: entities.Account?.accountId,
  };
}

function reasonOf(error: Error) {
  return error instanceof errors.OIDCProviderError
    ? { error: error.error, description: error.error_description, detail: error.error_detail }
    : { error: error.message };
}
