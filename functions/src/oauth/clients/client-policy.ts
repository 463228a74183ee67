/** Which clients are let in, however they make themselves known: by registering or by a metadata document. */
import { type ClientMetadata, errors } from 'oidc-provider';
import { hasUnseen, plainText } from '../../text/outside-text.ts';

const MOST_REDIRECT_URIS = 10;
const MOST_URI_CHARACTERS = 512;
const MOST_NAME_CHARACTERS = 100;
/** Of a name, before its blanks are made one each. */
const MOST_RAW_CHARACTERS = 1_000;

/** The spellings of this machine (RFC 8252 section 7.3); they are not interchangeable. */
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?=[:/?]|$)/i;
/**
 * Apps that are known to take their answer by a scheme without a domain in it. Whatever else has none may be a
 * browser's, or lead to a program that came with the system.
 */
const KNOWN_APPS = [
  ...['cursor', 'vscode', 'vscode-insiders', 'vscodium', 'windsurf', 'windsurf-next', 'kiro', 'trae', 'zed'],
  ...['claude', 'cherrystudio', 'goose', 'jetbrains', 'lmstudio', 'raycast', 'warp'],
].map((scheme) => `${scheme}:`);
/** A domain of the app's maker, backwards (RFC 8252 section 7.1), but for those of systems' own programs. */
const APP_SCHEME = /^(?!x-apple\.|com\.apple\.)[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:$/;
/** What our own answer says (RFC 6749 section 4.1.2, RFC 9207 section 2). */
const ANSWERED_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

export const GRANT_TYPES = ['authorization_code', 'refresh_token'];

/** What of a registration (RFC 7591 section 2) means something here; the rest is dropped, as that section allows. */
const KEPT_MEMBERS = [
  'application_type',
  'client_name',
  'client_uri',
  'grant_types',
  'logo_uri',
  'policy_uri',
  'redirect_uris',
  'response_types',
  'token_endpoint_auth_method',
  'tos_uri',
];

/** What of a document means something here, or is refused: a secret that is published is none. */
const READ_OF_DOCUMENTS = [
  ...KEPT_MEMBERS,
  'client_id',
  'client_secret',
  'client_secret_expires_at',
  'token_endpoint_auth_methods_supported',
];

/**
 * What is registered of what was asked: a public client unless it asks for a secret, and no scope, as a scope in a
 * registration could never be stepped up later. A server may leave out what it does not know or support and answers
 * with what it registered (RFC 7591 sections 2 and 3.2.1): so are keys and statements left out that we would have to
 * fetch for someone we do not know, members that say nothing, and of several grant or response types those that
 * do not exist here. Where none of them does, the provider refuses the registration.
 */
export function acceptRegistration(asked: Record<string, unknown>): Record<string, unknown> {
  const kept = KEPT_MEMBERS.filter((name) => !saysNothing(asked[name])).map((name) => [name, asked[name]]);
  const members: Record<string, unknown> = Object.fromEntries(kept);
  return {
    token_endpoint_auth_method: 'none',
    ...members,
    ...('grant_types' in members && { grant_types: keepSupported(members.grant_types, GRANT_TYPES) }),
    ...('response_types' in members && { response_types: keepSupported(members.response_types, ['code']) }),
  };
}

/** Null, an empty text and an empty list: as programs write a member that they leave out. */
function saysNothing(member: unknown): boolean {
  return member == null || member === '' || (Array.isArray(member) && member.length === 0);
}

/** Those of a list that exist here; a list of which none does stays as it is. */
function keepSupported(asked: unknown, known: readonly string[]): unknown {
  if (!Array.isArray(asked)) return asked;
  const left = asked.filter((each) => known.includes(each));
  return left.length === 0 ? asked : left;
}

/**
 * A client's metadata document as it is used here. One document tells all servers what a client can do; what means
 * nothing here, or a registration is refused for, is left out of it, where the client can do without: other grant types,
 * signing at the token endpoint (`token_endpoint_auth_methods_supported`, OpenID Connect Relying Party Metadata Choices
 * 1.0 section 2), and a scope.
 * @param text As published; if it is no JSON object, that is not judged here.
 */
export function acceptDocument(text: string): string {
  const published = parseObject(text);
  if (published === undefined) return text;
  const members = Object.fromEntries(
    Object.entries(published).filter(
      ([name, member]) => READ_OF_DOCUMENTS.includes(name) && !saysNothing(member),
    ),
  );
  const { grant_types, token_endpoint_auth_methods_supported: methods } = members;
  return JSON.stringify({
    ...members,
    scope: undefined,
    ...(grant_types !== undefined && { grant_types: keepSupported(grant_types, GRANT_TYPES) }),
    ...(Array.isArray(methods) && methods.includes('none') && { token_endpoint_auth_method: 'none' }),
  });
}

/**
 * Checks redirect URIs and infers from them what kind of application it is, whatever it says of itself: hosts send
 * one set for the web, for apps and for this machine together, and often no type. Tidies the name.
 * @throws {errors.InvalidClientMetadata} whose message begins with `redirect_uris`, which makes it that error.
 */
export function checkClient(metadata: ClientMetadata): void {
  const uris = metadata.redirect_uris;
  if (!Array.isArray(uris) || uris.length === 0) throw badUriError('must have at least one member');
  if (uris.length > MOST_REDIRECT_URIS) throw badUriError(`must have at most ${MOST_REDIRECT_URIS} members`);
  const targets = uris.map(redirectTarget);
  if (targets.some((target) => target !== 'web')) metadata.application_type = 'native';
  if (typeof metadata.client_name === 'string')
    metadata.client_name = tidyName(metadata.client_name) || undefined;
}

export type RedirectTarget = 'web' | 'loopback' | 'app';

/**
 * Where a redirect URI leads: to a web site, to this machine, or to an app by its own scheme.
 * @throws {errors.InvalidClientMetadata} for one that leads nowhere safe.
 */
export function redirectTarget(uri: unknown): RedirectTarget {
  if (typeof uri !== 'string') throw badUriError('must only contain strings');
  if (uri.length > MOST_URI_CHARACTERS)
    throw badUriError(`must be at most ${MOST_URI_CHARACTERS} characters long`);
  const url = URL.parse(uri);
  if (url === null) throw badUriError('must only contain absolute URIs');
  // Browsers leave some of these out, or take them for others, so that it would lead elsewhere than it reads.
  if (/[\s\\]/.test(uri) || hasUnseen(uri)) {
    throw badUriError('must not contain spaces, backslashes or characters that cannot be seen');
  }
  if (uri.includes('#')) throw badUriError('must not contain fragments');
  if (uri.includes('*')) throw badUriError('must not contain wildcards');
  if (url.username !== '' || url.password !== '')
    throw badUriError('must not contain usernames or passwords');
  if (ANSWERED_PARAMETERS.some((name) => url.searchParams.has(name))) {
    throw badUriError(`must not contain ${ANSWERED_PARAMETERS.join(', ')}`);
  }
  if (KNOWN_APPS.includes(url.protocol) || APP_SCHEME.test(url.protocol)) return 'app';
  if (/^https:\/\/[^/]/i.test(uri)) return 'web';
  if (LOOPBACK.test(uri)) return 'loopback';
  throw badUriError(
    'must use https, or http to this machine itself, or the scheme of an app, which is a domain backwards such as com.example.app',
  );
}

function badUriError(what: string) {
  return new errors.InvalidClientMetadata(`redirect_uris ${what}`);
}

function tidyName(name: string): string {
  return plainText(plainText(name, MOST_RAW_CHARACTERS).replace(/\s+/g, ' '), MOST_NAME_CHARACTERS);
}

/** The JSON object that a text is, if it is one. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
