/** What can be asked for, and for whom tokens are. */

/** Of the MCP endpoint; `write` includes `read`. */
export const RESOURCE_SCOPES = ['read', 'write'] as const;

/** All that the authorization server knows. */
export const SCOPES = [...RESOURCE_SCOPES, 'offline_access'] as const;

/** What is granted to a request that names no scope. */
const LEAST_SCOPE = 'read';

/** The only resource that tokens are issued for: their audience (RFC 8707). */
export function mcpResource(publicOrigin: string): string {
  return `${publicOrigin}/mcp`;
}

/**
 * The one resource, where `asked` names it: with or without a slash behind, or by the origin alone, since hosts write it
 * as their user typed it. Scheme and host are compared as RFC 3986 section 6.2.2.1 has it, in any case. Anything else
 * is left as it is, to be refused as another resource.
 */
function canonicalResource(asked: string, publicOrigin: string): string {
  const url = URL.parse(asked);
  const isMcp =
    url !== null &&
    url.origin === new URL(publicOrigin).origin &&
    /^\/(mcp\/?)?$/.test(url.pathname) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    !/[?#]$/.test(asked);
  return isMcp ? mcpResource(publicOrigin) : asked;
}

/** Parameters of a request with every spelling of the one resource as that resource, once. */
export function withCanonicalResource(asked: URLSearchParams, publicOrigin: string): URLSearchParams {
  const request = new URLSearchParams(asked);
  const resources = new Set(asked.getAll('resource').map((each) => canonicalResource(each, publicOrigin)));
  request.delete('resource');
  for (const resource of resources) request.append('resource', resource);
  return request;
}

/**
 * The scope that a request comes down to: what is not known is left out, `write` brings `read`, and asking for
 * nothing, or only for a refresh token, means the least. Empty when only unknown scopes were named.
 * @param asked The `scope` parameter, space-separated.
 */
export function effectiveScope(asked: string | null): string {
  const named = (asked ?? '').split(' ').filter((scope) => scope !== '');
  const known = new Set<string>(named.filter((scope) => SCOPES.some((each) => each === scope)));
  if (named.length > 0 && known.size === 0) return '';
  if (known.has('write') || !RESOURCE_SCOPES.some((scope) => known.has(scope))) known.add(LEAST_SCOPE);
  return SCOPES.filter((scope) => known.has(scope)).join(' ');
}
