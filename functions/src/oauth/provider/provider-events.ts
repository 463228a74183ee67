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
    logger.info('A host registered', { ...detailsOf(context), redirectUris: client.redirectUris });
  });
  provider.on('interaction.started', (context) => logger.info('Consent was asked for', detailsOf(context)));
  provider.on('authorization.success', (context) => logger.info('A code was issued', detailsOf(context)));
  provider.on('grant.success', (context) => logger.info('Tokens were issued', detailsOf(context)));
  provider.on('grant.revoked', (context, grantId) => {
    logger.warn('A grant was revoked', { ...detailsOf(context), grantId });
  });
  for (const event of [
    'authorization.error',
    'grant.error',
    'registration_create.error',
    'revocation.error',
  ]) {
    provider.on(event as 'grant.error', (context, error) => {
      const log = error instanceof Unavailable ? logger.error : logger.info;
      log('A request was refused', { ...detailsOf(context), ...reasonOf(error) });
    });
  }
  provider.on('server_error', (context, error) => {
    logger.error('A request failed', { ...detailsOf(context), error });
  });
  // Koa's, for what the provider itself did not catch.
  provider.onerror = (error) => logger.error('A request failed', { error });
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
