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
