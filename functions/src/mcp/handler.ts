/** `POST /mcp`, step by step: guards, credential, scope, then the message itself. */
import { isDeepStrictEqual } from 'node:util';
import { bearerAuthChallengeResponse, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { beginCalls } from '../http/calls-at-once.ts';
import * as logger from '../http/logging/logger.ts';
import { tellingAtOnce } from '../http/news-at-once.ts';
import { type RequestTrace, requestTrace } from '../http/requests/request-trace.ts';
import type { Service } from '../service.ts';
import { type KeyClient, saveKeyClient } from '../store/credentials/api-keys.ts';
import type { Credential } from '../store/credentials/credentials.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { readableCalls } from './call-messages.ts';
import { checkCallRate } from './call-rate.ts';
import { identifyClient, readIntroduction } from './client-identity.ts';
import { auditEndedKey } from './ended-keys.ts';
import { buildMcpServer } from './mcp-server.ts';
import { authenticate, type Principal } from './principal.ts';
import { Questions } from './questions.ts';
import { logRefusal, RefusedCredential } from './refused-credentials.ts';
import {
  checkAccept,
  checkAddress,
  checkArguments,
  checkBatch,
  checkBodySize,
  checkMethod,
  checkNesting,
  checkPath,
  checkSource,
  refusal,
} from './request-checks.ts';
import { serveMcp } from './serve.ts';
import { serverCard } from './server-card.ts';
import { ToolCalls } from './tool-calls.ts';

/** Answers one HTTP request. */
export async function handleMcp(request: Request, service: Service, address: string): Promise<Response> {
  try {
    return await answer(request, service, requestTrace(request, address));
  } catch (error) {
    logger.log('mcp_failed', error);
    // Not 401, on which hosts throw a good token away, nor 500, after which they do not come again.
    return refusal(503, 'The gateway cannot answer at the moment. Try again.', { 'Retry-After': '5' });
  }
}

async function answer(request: Request, service: Service, trace: RequestTrace): Promise<Response> {
  if (new URL(request.url).pathname === '/mcp/server-card') return serverCard(request, service.publicOrigin);
  const bytes = new Uint8Array(await request.arrayBuffer());
  const foreign = checkSource(request, service);
  if (foreign !== null) {
    await auditForeign(request, service, trace, bytes);
    return foreign;
  }
  const refused =
    checkPath(request) ??
    checkMethod(request, service) ??
    checkBodySize(bytes.byteLength) ??
    checkAccept(request);
  if (refused !== null) return refused;

  let principal: Principal;
  try {
    const authorization = request.headers.get('authorization');
    principal = await withDeadline(authenticate(service, authorization));
  } catch (error) {
    if (error instanceof RefusedCredential) {
      const isTold = await logRefusal(service, error, trace);
      if (isTold && error.why === 'unknown') await auditEndedKey(service, request, trace, parseJson(bytes));
    }
    if (error instanceof OAuthError) return challenge(service, request, error);
    throw error;
  }

  const { credential } = principal;
  const body = readableCalls(parseJson(bytes));
  const userAgent = request.headers.get('user-agent') ?? '';
  const client = identifyClient(body, userAgent, credential);
  const toolCalls = new ToolCalls(service, principal, client, trace);

  const elsewhere = checkAddress(trace.address, credential.allowedIps);
  // Counted apart: whoever stole a key must not use up the calls of its owner.
  const counted = elsewhere === null ? credential.id : `${credential.id} elsewhere`;
  const calls = Array.isArray(body) ? body.length : 1;
  const tooMany = await checkCallRate(service, counted, calls);
  if (tooMany !== null) return tooMany;
  if (elsewhere !== null) {
    await toolCalls.auditRefusal(body, 'address_not_allowed', ELSEWHERE);
    return elsewhere;
  }
  const refusedMessages = checkNesting(body) ?? checkBatch(body) ?? checkArguments(body);
  if (refusedMessages !== null) {
    await toolCalls.auditRefusal(body, 'invalid_arguments', UNREADABLE);
    return refusedMessages;
  }

  using begun = beginCalls(service, principal.connection.ownerUid, calls);
  if (begun.isRefused) return refusal(429, TOO_MANY_AT_ONCE, { 'Retry-After': '1' });

  // Beside the call, which must not wait for it.
  const remembered = rememberClient(service, credential, readIntroduction(body, userAgent));
  const forbidden = await toolCalls.forbidden(body);
  if (forbidden !== null) {
    await remembered;
    const message = `${forbidden.name} needs read & write, and this credential may only read.`;
    return challenge(service, request, new OAuthError(OAuthErrorCode.InsufficientScope, message));
  }
  await toolCalls.auditHeaderMismatch(body, request.headers.get('mcp-name'));
  const questions = new Questions(service.vault, principal, () =>
    toolCalls.auditRefusal(body, 'invalid_arguments', FORGED_STATE),
  );
  const report = (error: Error) => logger.log('mcp_message', { said: error.message });
  const events = {
    service,
    principal,
    record: (method: string, args: object) => toolCalls.recordDone(method, args),
  };
  const build = () => buildMcpServer(toolCalls, questions, events);
  const [response] = await Promise.all([
    tellingAtOnce(
      service,
      () => serveMcp(toSdkRequest(request, body === undefined ? bytes : null), body, build, report),
      principal.connection.hasChannels,
    ),
    remembered,
  ]);
  // 404: there is no such method, as many hosts find out.
  if (response.status >= 400 && response.status !== 404 && !toolCalls.isRecorded) {
    await toolCalls.auditRefusal(body, 'invalid_arguments', `Refused with status ${response.status}.`);
  }
  return response;
}

const TOO_MANY_AT_ONCE = 'Too many calls for one person at once. Wait until some are answered.';
const ELSEWHERE = 'Refused: it came from an address that the key does not allow.';
const UNREADABLE = 'Refused: too long a batch, an id given twice, too deep, or arguments that are no object.';
const FORGED_STATE = 'Refused: its requestState was not given for this call, or has expired.';
const FOREIGN = 'Refused: a page of another site, or another name of this host, sent it.';

/** Records that a page of another site has a credential that works: its owner will want to know. */
async function auditForeign(
  request: Request,
  service: Service,
  trace: RequestTrace,
  bytes: Uint8Array,
): Promise<void> {
  const authorization = request.headers.get('authorization');
  if (authorization === null) return;
  try {
    const principal = await withDeadline(authenticate(service, authorization));
    const { credential } = principal;
    if ((await checkCallRate(service, `${credential.id} foreign`, 1)) !== null) return;
    const body = parseJson(bytes);
    const client = identifyClient(body, request.headers.get('user-agent') ?? '', credential);
    await new ToolCalls(service, principal, client, trace).auditRefusal(body, 'foreign_origin', FOREIGN);
  } catch (error) {
    if (!(error instanceof OAuthError)) logger.log('foreign_request_unknown', error);
  }
}

/** Keeps what a key was introduced by, for its later calls. Who calls is for the records: no call fails for it. */
async function rememberClient(
  { db }: Service,
  { id, source, client }: Credential,
  introduced: KeyClient | null,
): Promise<void> {
  if (introduced === null || source !== 'api_key' || isDeepStrictEqual(introduced, client)) return;
  try {
    await withDeadline(saveKeyClient(db, id, introduced));
  } catch (error) {
    logger.log('introduction_unkept', error);
  }
}

/**
 * A 401 or 403 with the `WWW-Authenticate` that leads a host to the sign-in (RFC 9728 section 5.1). It names both
 * scopes even where `read` would do: hosts ask for exactly these, and their users, who are free to grant less, could
 * grant no more. Who called with a slash behind is led to the metadata of that URL, which strict hosts insist on.
 */
function challenge({ publicOrigin }: Service, request: Request, error: OAuthError): Response {
  const slash = new URL(request.url).pathname === '/mcp/' ? '/' : '';
  const resourceMetadataUrl = `${publicOrigin}/.well-known/oauth-protected-resource/mcp${slash}`;
  return bearerAuthChallengeResponse(error, { requiredScopes: ['read', 'write'], resourceMetadataUrl });
}

const decoder = new TextDecoder();

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * The request as the SDK wants it: it refuses an `Accept` that does not name both of its answer types.
 * @param unread Its body, where the SDK is to say that it cannot be read.
 */
function toSdkRequest(request: Request, unread: Uint8Array<ArrayBuffer> | null): Request {
  const headers = new Headers(request.headers);
  headers.set('accept', 'application/json, text/event-stream');
  return new Request(request.url, { method: 'POST', headers, body: unread });
}
