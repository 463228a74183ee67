/** The tools as one caller may use them; every call leaves one audit record. */

import { z } from 'zod';
import { type CallingApp, toolContext } from '../connections/call-context.ts';
import type { Scope } from '../contract/rules/scope.ts';
import { GatewayError } from '../errors.ts';
import { NotRecorded, record, recordBegun } from '../http/audit-records.ts';
import * as logger from '../http/logging/logger.ts';
import type { RequestTrace } from '../http/requests/request-trace.ts';
import type { Service } from '../service.ts';
import type { Caller, CallOutcome } from '../store/audit.ts';
import { noteUse } from '../store/credentials/credential-use.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { writeNewsOnce } from '../store/news/news.ts';
import { findIntent } from '../store/orders/order-intents.ts';
import { auditOf, callTool, isWaiting, type ToolResult } from '../tools/call-tool.ts';
import { type Answer, type AskedOrder, applyAnswer } from '../tools/orders/person-answer.ts';
import { TOOLS } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import type { OrderIntent } from '../trading/domain/intent.ts';
import type { Principal } from './principal.ts';
import type { AskingCall } from './questions.ts';

const request = z.object({ method: z.string() });
const namedCall = z.object({
  method: z.literal('tools/call'),
  params: z.object({ name: z.string(), arguments: z.unknown().optional() }),
});

/** A call that was made, whatever it came to. */
export interface Called {
  tool: Tool;
  result: ToolResult;
}

/** What takes away an order is done also where it cannot be recorded. */
const NARROWING: readonly string[] = ['cancel_order', 'cancel_orders'];

/** An order that waits is looked at for so long; the call's own answer says how to go on. */
const LOOK_MS = 3_000;

const toolsFor = (granted: Scope) => TOOLS.filter((tool) => isAllowed(granted, tool.scope));
const ALLOWED: Readonly<Record<Scope, readonly Tool[]>> = {
  read: toolsFor('read'),
  write: toolsFor('write'),
};

export class ToolCalls {
  readonly #service: Service;
  readonly #principal: Principal;
  readonly #caller: Caller;
  #isRecorded = false;
  /** What the caller sees and may call. */
  readonly tools: readonly Tool[];

  /** @param client The program that calls, as it names itself. */
  constructor(
    service: Service,
    principal: Principal,
    client: { name: string; version: string },
    trace: RequestTrace,
  ) {
    const { credential, scope } = principal;
    this.#service = service;
    this.#principal = principal;
    this.#caller = {
      source: credential.source,
      credentialId: credential.id,
      credentialLabel: credential.label,
      clientName: client.name,
      clientVersion: client.version,
      scope,
      ...trace,
    };
    this.tools = ALLOWED[scope];
  }

  /**
   * Calls a tool; null if the caller has none of that name.
   * @param answered What a person says of the order that this call left waiting before: it goes on from there.
   */
  async call(
    { name, args }: AskingCall,
    answered: { asked: AskedOrder; answer: Answer } | null,
  ): Promise<Called | null> {
    const at = new Date();
    const tool = this.tools.find((one) => one.name === name);
    if (tool === undefined) {
      await this.#record(at, name, args, refusal('not_found'));
      return null;
    }
    const { connection, credential } = this.#principal;
    const { id, clientId, label, source, limits, approval } = credential;
    const app: CallingApp = { id, clientId, label, name: this.#caller.clientName, source, limits, approval };
    let begunId: string | null = null;
    const begin = async () => {
      if (tool.scope === 'write' && !NARROWING.includes(name)) begunId = await this.#begin(at, name, args);
    };
    const open = async () => {
      const [context] = await Promise.all([
        toolContext(this.#service, connection, app, tool.budgetMs),
        begin(),
      ]);
      return context;
    };
    const asked: Tool =
      answered === null
        ? tool
        : { ...tool, run: (_, context) => applyAnswer(answered.asked, answered.answer, context) };
    const report = (fault: unknown) => logger.log('tool_failed', fault, { tool: tool.name });
    const result = await callTool(asked, args, open, report);
    await this.#record(at, name, args, auditOf(result), begunId);
    return { tool, result };
  }

  /** The order that a call left waiting, and where its owner decides on it if nobody else may; null if it left none. */
  async waitingOrder({
    tool,
    result,
  }: Called): Promise<{ intent: OrderIntent; approvalUrl: string | null } | null> {
    // Who only asks how an order stands is not asked back.
    if (tool.scope === 'read' || !isWaiting(result)) return null;
    const { intentId: id } = auditOf(result);
    const intent = id && (await this.#intent(id));
    if (!intent || (intent.state !== 'awaiting_approval' && intent.state !== 'needs_reply')) return null;
    const { approval_url } = result.value;
    return { intent, approvalUrl: typeof approval_url === 'string' ? approval_url : null };
  }

  /** Null also when it cannot be read: the call's own answer must not be lost for it. */
  async #intent(id: string): Promise<OrderIntent | null> {
    try {
      const { db } = this.#service;
      return await withDeadline(findIntent(db, this.#principal.connection.id, id), undefined, LOOK_MS);
    } catch (error) {
      logger.log('waiting_order_unread', { intentId: id, error });
      return null;
    }
  }

  /** Records a request that was refused before it called anything; of a batch, what came first. */
  async auditRefusal(
    body: unknown,
    errorCode: NonNullable<CallOutcome['errorCode']>,
    errorMessage: string,
  ): Promise<void> {
    const { name, args } = readRequested(body);
    await this.#record(new Date(), name, args, { ...refusal(errorCode), errorMessage });
  }

  /** Records what was done for the caller that is no call of a tool. */
  async recordDone(method: string, args: object): Promise<void> {
    await this.#record(new Date(), method, args, DONE);
  }

  /** Whether anything of the request was recorded. */
  get isRecorded(): boolean {
    return this.#isRecorded;
  }

  /** The first tool a message or batch calls that the caller's scope forbids, its refusal recorded; or null. */
  async forbidden(body: unknown): Promise<Tool | null> {
    const messages: unknown[] = Array.isArray(body) ? body : [body];
    for (const message of messages) {
      const params = namedCall.safeParse(message).data?.params;
      const tool = TOOLS.find(({ name }) => name === params?.name);
      if (tool === undefined || this.tools.includes(tool)) continue;
      await this.#record(new Date(), tool.name, params?.arguments, refusal('insufficient_scope'));
      return tool;
    }
    return null;
  }

  /**
   * Records a call whose `Mcp-Name` header names another tool than its body, which a proxy that trusts the header
   * would have let through. The SDK refuses it (MCP 2026-07-28, "Standard headers").
   */
  async auditHeaderMismatch(body: unknown, headerName: string | null): Promise<void> {
    const { data } = namedCall.safeParse(body);
    if (headerName === null || data === undefined || data.params.name === headerName.trim()) return;
    await this.#record(new Date(), data.params.name, data.params.arguments, refusal('invalid_arguments'));
  }

  /** Written before the answer goes out, since the processor may be withdrawn after it. */
  async #record(
    at: Date,
    tool: string,
    args: unknown,
    outcome: CallOutcome,
    begunId: string | null = null,
  ): Promise<void> {
    this.#isRecorded = true;
    const { connection } = this.#principal;
    const call = { at, caller: this.#caller, connection, tool, args, outcome, begunId };
    await Promise.all([record(this.#service, call), this.#noteUse(at), this.#noteLimit(at, outcome)]);
  }

  /** @throws {GatewayError} after which nothing may be done. */
  async #begin(at: Date, tool: string, args: unknown): Promise<string> {
    const { connection } = this.#principal;
    try {
      return await recordBegun(this.#service, { at, caller: this.#caller, connection, tool, args });
    } catch (cause) {
      if (!(cause instanceof NotRecorded)) throw cause;
      const hint = 'Nothing was sent or changed. Try again in a moment; if it stays, tell the operator.';
      throw new GatewayError('internal_error', cause.message, hint, { cause });
    }
  }

  async #noteUse(at: Date): Promise<void> {
    try {
      const { db, trustedProxies } = this.#service;
      // Where the addresses of Hosting's proxies are not known, theirs would be taken for the caller's.
      const address = trustedProxies.length > 0 ? this.#caller.address : null;
      await withDeadline(noteUse(db, this.#principal.credential, at, address));
    } catch (error) {
      logger.log('credential_use_unkept', error);
    }
  }

  /** Tells the owner, once a day, that a limit of theirs keeps back what an app or a key wants. */
  async #noteLimit(at: Date, { errorCode, errorMessage }: CallOutcome): Promise<void> {
    if (errorCode !== 'limit_exceeded') return;
    const { connection, credential } = this.#principal;
    const day = at.toISOString().slice(0, 10);
    try {
      const news = writeNewsOnce(this.#service.db, {
        id: `${connection.id}-${credential.id}-limit-${day}`,
        ownerUid: connection.ownerUid,
        connectionId: connection.id,
        at,
        type: 'limit.reached',
        name: credential.label,
        reason: errorMessage ?? 'A limit was reached.',
      });
      await withDeadline(news);
    } catch (error) {
      logger.log('limit_untold', error);
    }
  }
}

/** What a request wanted, as far as it can be read; of a batch, what came first. */
export function readRequested(body: unknown): { name: string; args: unknown } {
  const message: unknown = Array.isArray(body) ? body[0] : body;
  const call = namedCall.safeParse(message).data?.params;
  return {
    name: call?.name ?? request.safeParse(message).data?.method ?? '',
    args: call?.arguments,
  };
}

const DONE: CallOutcome = {
  outcome: 'ok',
  errorCode: null,
  errorMessage: null,
  intentId: null,
  upstreamCalls: 0,
};

/** Of a call that was not made. */
function refusal(errorCode: NonNullable<CallOutcome['errorCode']>): CallOutcome {
  return { outcome: 'error', errorCode, errorMessage: null, intentId: null, upstreamCalls: 0 };
}

function isAllowed(granted: Scope, needed: Scope): boolean {
  return granted === 'write' || needed === 'read';
}
