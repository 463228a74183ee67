/** The tools as one caller may use them; every call leaves one audit record. */
import * as logger from 'firebase-functions/logger';
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { Service } from '../service.ts';
import type { Scope } from '../store/api-keys.ts';
import { type CallOutcome, noteUse, recordCall } from '../store/audit.ts';
import { findIntent, type OrderIntent } from '../store/order-intents.ts';
import { type Answer, type AskedOrder, answeredOrder } from '../tools/answered-order.ts';
import { auditOf, callTool, type ToolResult } from '../tools/call-tool.ts';
import { ibkrClientInUse } from '../tools/ibkr-connections.ts';
import { TOOLS } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import type { Principal } from './principal.ts';
import type { AskingCall } from './questions.ts';

const MOST_NAME_CHARACTERS = 64;
/** What a tool answers of an order that waits for a person. */
const ASKING: readonly ErrorCode[] = ['approval_required', 'order_needs_reply'];

export interface Caller {
  principal: Principal;
  /** The program that calls, as it names itself. */
  client: { name: string; version: string };
}

const namedCall = z.object({
  method: z.literal('tools/call'),
  params: z.object({ name: z.string(), arguments: z.unknown().optional() }),
});

/** A call that was made, whatever it came to. */
export interface Called {
  tool: Tool;
  result: ToolResult;
}

export class ToolCalls {
  readonly #service: Service;
  readonly #caller: Caller;
  /** What the caller sees and may call. */
  readonly tools: readonly Tool[];

  constructor(service: Service, caller: Caller) {
    this.#service = service;
    this.#caller = caller;
    this.tools = TOOLS.filter(({ scope }) => allows(caller.principal.scope, scope));
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
      await this.#record(at, name, args, refused('not_found'));
      return null;
    }
    const { principal, client } = this.#caller;
    const { connection, credential } = principal;
    const { db, publicOrigin } = this.#service;
    const { id, label, source, limits, approval } = credential;
    const app = { id, label, name: client.name, source, limits, approval };
    const open = async () => ({
      connection,
      db,
      app,
      publicOrigin,
      ibkr: await ibkrClientInUse(this.#service, connection),
    });
    const run: Tool['run'] =
      answered === null ? tool.run : (_, context) => answeredOrder(answered.asked, answered.answer, context);
    const report = (fault: unknown) => logger.error(`${tool.name} failed`, fault);
    const result = await callTool({ ...tool, run }, args, open, report);
    await this.#record(at, name, args, auditOf(result));
    return { tool, result };
  }

  /** The order that a call left waiting, and where its owner decides on it if nobody else may; null if it left none. */
  async waitingOrder({
    tool,
    result,
  }: Called): Promise<{ intent: OrderIntent; approvalUrl: string | null } | null> {
    // Who only asks how an order stands is not asked back.
    if (tool.scope === 'read' || result.ok || !ASKING.includes(result.error.code)) return null;
    const { intentId: id } = auditOf(result);
    const intent = id && (await findIntent(this.#service.db, this.#caller.principal.connection.id, id));
    if (!intent || (intent.state !== 'awaiting_approval' && intent.state !== 'needs_reply')) return null;
    const { approval_url } = result.error.details ?? {};
    return { intent, approvalUrl: typeof approval_url === 'string' ? approval_url : null };
  }

  /** The first tool a message or batch calls that the caller's scope forbids, its refusal recorded; or null. */
  async forbidden(body: unknown): Promise<Tool | null> {
    const messages: unknown[] = Array.isArray(body) ? body : [body];
    for (const message of messages) {
      const params = namedCall.safeParse(message).data?.params;
      const tool = TOOLS.find(({ name }) => name === params?.name);
      if (tool === undefined || this.tools.includes(tool)) continue;
      await this.#record(new Date(), tool.name, params?.arguments, refused('insufficient_scope'));
      return tool;
    }
    return null;
  }

  /**
   * Records a call whose `Mcp-Name` header names another tool than its body, which a proxy that trusts the header
   * would have let through. The SDK refuses it (MCP 2026-07-28, "Standard headers").
   */
  async noteDisguised(body: unknown, headerName: string | null): Promise<void> {
    const { data } = namedCall.safeParse(body);
    if (headerName === null || data === undefined || data.params.name === headerName.trim()) return;
    await this.#record(new Date(), data.params.name, data.params.arguments, refused('invalid_arguments'));
  }

  /** Written before the answer goes out, since the processor may be withdrawn after it. */
  async #record(at: Date, tool: string, args: unknown, outcome: CallOutcome): Promise<void> {
    const { principal, client } = this.#caller;
    const { credential, connection } = principal;
    const { db } = this.#service;
    const call = {
      at,
      source: credential.source,
      credentialId: credential.id,
      credentialLabel: credential.label,
      clientName: client.name,
      clientVersion: client.version,
      connectionId: connection.id,
      connectionKind: connection.kind,
      ownerUid: connection.ownerUid,
      tool: tool.slice(0, MOST_NAME_CHARACTERS),
      arguments: args,
      scope: principal.scope,
      ...outcome,
    };
    try {
      await Promise.all([recordCall(db, call), noteUse(db, credential, at)]);
    } catch (error) {
      logger.error('An audit record could not be written', { tool, errorCode: outcome.errorCode, error });
    }
  }
}

/** Of a call that was not made. */
function refused(errorCode: ErrorCode): CallOutcome {
  return { outcome: 'error', errorCode, errorMessage: null, intentId: null, upstreamCalls: 0 };
}

function allows(granted: Scope, needed: Scope): boolean {
  return granted === 'write' || needed === 'read';
}
