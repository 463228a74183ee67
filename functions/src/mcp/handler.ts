/** `POST /mcp`, step by step: guards, credential, scope, then the message itself. */
import { isDeepStrictEqual } from 'node:util';
import { bearerAuthChallengeResponse, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import * as logger from 'firebase-functions/logger';
import { withDeadline } from '../http/in-time.ts';
import { type RequestTrace, requestTrace } from '../http/request-trace.ts';
import type { Service } from '../service.ts';
import { type KeyClient, saveKeyClient } from '../store/credentials/api-keys.ts';
import type { Credential } from '../store/credentials/credentials.ts';
import { readableCalls } from './call-messages.ts';
import { checkCallRate } from './call-rate.ts';
import { identifyClient, introducedClient } from './client-identity.ts';
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
import { ToolCalls } from './tool-calls.ts';

/** Answers one HTTP request. */
export async function handleMcp(request: Request, service: Service, address: string): Promise<Response> {
  try {
    return await answer(request, service, requestTrace(request, address));
  } catch (error) {
    logger.error('A request could not be answered', error);
    // Not 401, on which hosts throw a good token away, nor 500, after which they do not come again.
    return refusal(503, 'The gateway cannot answer at the moment. Try again.', { 'Retry-After': '5' });
  }
}

async function answer(request: Request, service: Service, trace: RequestTrace): Promise<Response> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const refused =
    checkSource(request, service) ??
    checkPath(request) ??
    checkMethod(request, service) ??
    checkBodySize(bytes.byteLength) ??
    checkAccept(request);
  if (refused !== null) return refused;

  let principal: Principal;
  try {
    const authorization = request.headers.get('authorization');
    principal = await withDeadline(authenticate(service, authorization, new Date()));
  } catch (error) {
    if (error instanceof RefusedCredential) await logRefusal(error, trace);
    if (error instanceof OAuthError) return challenge(service, request, error);
    throw error;
  }

  const { credential } = principal;
  const body = readableCalls(parseJson(bytes));
  const tooDeep = checkNesting(body);
  if (tooDeep !== null) return tooDeep;
  const userAgent = request.headers.get('user-agent') ?? '';
  const client = identifyClient(body, userAgent, credential);
  const toolCalls = new ToolCalls(service, principal, client, trace);

  const elsewhere = checkAddress(trace.address, credential.allowedIps);
  // Counted apart: whoever stole a key must not use up the calls of its owner.
  const counted = elsewhere === null ? credential.id : `${credential.id} elsewhere`;
  const tooMany = await checkCallRate(service, counted, Array.isArray(body) ? body.length : 1);
  if (tooMany !== null) return tooMany;
  if (elsewhere !== null) {
    await toolCalls.auditForbiddenAddress(body);
    return elsewhere;
  }
  const refusedMessages = checkBatch(body) ?? checkArguments(body);
  if (refusedMessages !== null) return refusedMessages;

  await rememberClient(service, credential, introducedClient(body, userAgent));
  const forbidden = await toolCalls.forbidden(body);
  if (forbidden !== null) {
    const message = `${forbidden.name} needs read & write, and this credential may only read.`;
    return challenge(service, request, new OAuthError(OAuthErrorCode.InsufficientScope, message));
  }
  await toolCalls.auditHeaderMismatch(body, request.headers.get('mcp-name'));
  const questions = new Questions(service.vault, principal);
  const report = (error: Error) => logger.debug(error.message);
  return serveMcp(forSdk(request, bytes), body, () => buildMcpServer(toolCalls, questions), report);
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
    logger.error('Who a key was introduced by could not be kept', error);
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

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The request as the SDK wants it: it refuses an `Accept` that does not name both of its answer types. */
function forSdk(request: Request, bytes: Uint8Array<ArrayBuffer>): Request {
  const headers = new Headers(request.headers);
  headers.set('accept', 'application/json, text/event-stream');
  return new Request(request.url, { method: 'POST', headers, body: bytes });
}
