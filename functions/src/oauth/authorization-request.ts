import { effectiveScope, withCanonicalResource } from './provider/scopes.ts';

/** Parameters that mean something to OpenID Connect alone, which this server does not speak. */
const OPENID_PARAMETERS = ['acr_values', 'claims', 'claims_locales', 'id_token_hint', 'max_age', 'nonce'];

/**
 * An authorization request as the provider is given it: with the scope it comes down to, with the resource in its one
 * spelling, with consent asked for as it always is, and with any response mode but `query` spelled so that the provider refuses it by a redirect. What is
 * given twice is left alone, for the provider to refuse.
 */
export function effectiveAuthorizationRequest(asked: URLSearchParams, publicOrigin: string): URLSearchParams {
  const request = withCanonicalResource(asked, publicOrigin);
  for (const name of OPENID_PARAMETERS) request.delete(name);
  const isSingle = (name: string) => request.getAll(name).length < 2;
  if (isSingle('scope')) request.set('scope', effectiveScope(request.get('scope')));
  if (isSingle('prompt') && request.get('prompt') !== 'none') request.set('prompt', 'consent');
  if (isSingle('response_mode') && !['query', null].includes(request.get('response_mode'))) {
    request.set('response_mode', 'unsupported');
  }
  return request;
}
