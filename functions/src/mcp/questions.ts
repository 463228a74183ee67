/**
 * Questions to the person in front of the host, asked where the host can show them: `input_required` results of
 * protocol 2026-07-28 (basic/patterns/mrtr). Other hosts get the error that says what to do, as ever.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Vault } from '../store/vault/vault.ts';
import { type Answer, type AskedOrder, approvalSubject } from '../tools/orders/person-answer.ts';
import type { OrderIntent } from '../trading/domain/intent.ts';
import { canonicalText, hashText, intentSentence } from '../trading/domain/order.ts';
import type { Principal } from './principal.ts';

/** A question is good for so long; the order's own expiry holds besides. */
const STATE_SECONDS = 600;
const QUESTION = 'order';

/** A tool call as the host sends it, and again with the answer. */
export interface AskingCall {
  name: string;
  args: Record<string, unknown>;
}

/** What the host carries from the question to the answer, signed. */
interface Asked extends AskedOrder {
  tool: string;
  by: 'form' | 'link';
  /** SHA-256 of the call's arguments: the answer belongs to the same call. */
  arguments: string;
}

const envelope = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    elicitation: z.object({ form: z.unknown().optional(), url: z.unknown().optional() }),
  }),
});
const yesOrNo = z.object({ send: z.boolean() });

export class Questions {
  readonly #makeCodecs: () => [RequestStateCodec<Asked>, ...RequestStateCodec<Asked>[]];
  #made: readonly [RequestStateCodec<Asked>, ...RequestStateCodec<Asked>[]] | undefined;

  readonly #onForgery: () => Promise<void>;

  /**
   * State is signed for the principal: whoever else sends it, or changes it, is answered -32602 by the SDK.
   * @param onForgery Told before such a state is refused.
   */
  constructor(vault: Vault, { credential, connection }: Principal, onForgery: () => Promise<void>) {
    this.#onForgery = onForgery;
    const codec = (key: Uint8Array) =>
      createRequestStateCodec<Asked>({
        key,
        ttlSeconds: STATE_SECONDS,
        bind: ({ mcpReq }) => [mcpReq.method, connection.ownerUid, connection.id, credential.id].join('\0'),
      });
    this.#makeCodecs = () => {
      const [key, ...others] = vault.deriveKeys('mcp request state');
      return [codec(key), ...others.map(codec)];
    };
  }

  /** By key of the ring; the first one signs. Most calls ask nothing. */
  get #codecs(): readonly [RequestStateCodec<Asked>, ...RequestStateCodec<Asked>[]] {
    this.#made ??= this.#makeCodecs();
    return this.#made;
  }

  /** For the server's options. */
  get requestState(): { verify: RequestStateCodec<Asked>['verify'] } {
    return { verify: (state, context) => this.#verify(state, context) };
  }

  /** While a key is taken into use, instances sign with different ones of the ring. */
  async #verify(...given: Parameters<RequestStateCodec<Asked>['verify']>): Promise<Asked> {
    const attempts = await Promise.allSettled(this.#codecs.map((codec) => codec.verify(...given)));
    const [first] = attempts;
    const verified = attempts.find((attempt) => attempt.status === 'fulfilled') ?? first;
    if (verified?.status !== 'fulfilled') {
      await this.#onForgery();
      throw verified?.reason;
    }
    return verified.value;
  }

  /**
   * What the call answers, if it is one that carries an answer; null if it is a new call.
   * @throws {ProtocolError} -32602 when the answer belongs to another call.
   */
  async answered(
    call: AskingCall,
    { mcpReq }: ServerContext,
  ): Promise<{ asked: AskedOrder; answer: Answer } | null> {
    const asked = mcpReq.requestState<Asked>();
    if (asked === undefined) return null;
    if (asked.tool !== call.name || asked.arguments !== argumentsHash(call)) {
      await this.#onForgery();
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState');
    }
    return { asked, answer: answerIn(mcpReq.inputResponses, asked.by) };
  }

  /**
   * Asks about a waiting order; null if the host cannot.
   * @param approvalUrl Where its owner decides, if that is who decides.
   */
  async ask(
    call: AskingCall,
    intent: OrderIntent,
    approvalUrl: string | null,
    context: ServerContext,
  ): Promise<InputRequiredResult | null> {
    const by = approvalUrl === null ? 'form' : 'link';
    if (!canShow(by, context)) return null;
    const message = questionAbout(intent);
    const question =
      approvalUrl === null
        ? inputRequired.elicit({ message, requestedSchema: FORM })
        : inputRequired.elicitUrl({ message, url: approvalUrl });
    const asked: Asked = {
      intentId: intent.id,
      subject: approvalSubject(intent),
      tool: call.name,
      arguments: argumentsHash(call),
      by,
    };
    return inputRequired({
      inputRequests: { [QUESTION]: question },
      requestState: await this.#codecs[0].mint(asked, context),
    });
  }
}

const FORM = {
  type: 'object' as const,
  properties: { send: { type: 'boolean' as const, title: 'Send this order', default: false } },
  required: ['send'],
};

function canShow(by: Asked['by'], { mcpReq }: ServerContext): boolean {
  const { data } = envelope.safeParse(mcpReq.envelope);
  if (data === undefined) return false;
  const { form, url } = data[CLIENT_CAPABILITIES_META_KEY].elicitation;
  // A host that names no kind shows forms: that was the meaning before there were kinds.
  return by === 'link' ? url !== undefined : form !== undefined || url === undefined;
}

/** A form sent back without the yes is a no; to follow a link says nothing yet. */
function answerIn(responses: Record<string, unknown> | undefined, by: Asked['by']): Answer {
  const response = inputResponse(responses, QUESTION);
  if (response.kind !== 'elicit' || response.action === 'cancel') return 'none';
  if (response.action === 'decline') return by === 'form' ? 'no' : 'none';
  if (by === 'link') return 'elsewhere';
  const { data } = yesOrNo.safeParse(response.content);
  return data === undefined ? 'none' : data.send ? 'yes' : 'no';
}

const money = z.object({ amount: z.number(), currency: z.string().nullable() }).nullable().catch(null);
const shownPreview = z.object({
  commission: money,
  you_pay: money,
  you_receive: money,
  warnings: z.array(z.object({ text: z.string() })).catch([]),
});

/** The order in words, what it costs, and what IBKR warns of. */
function questionAbout(intent: OrderIntent): string {
  const sentence = intentSentence(intent);
  if (intent.question !== null) {
    const warnings = intent.question.warnings.map(({ text }) => text);
    return [`IBKR asks before it takes the order ${sentence}:`, ...warnings, 'Send it all the same?'].join(
      '\n',
    );
  }
  const preview = intent.preview === null ? null : shownPreview.safeParse(JSON.parse(intent.preview)).data;
  const { commission = null, you_pay = null, you_receive = null, warnings = [] } = preview ?? {};
  return [
    `Send the order ${sentence}?`,
    ...(you_pay === null ? [] : [`You pay ${moneyText(you_pay)}.`]),
    ...(you_receive === null ? [] : [`You receive ${moneyText(you_receive)}.`]),
    ...(commission === null ? [] : [`Commission ${moneyText(commission)}.`]),
    ...warnings.map(({ text }) => text),
  ].join('\n');
}

function moneyText({ amount, currency }: NonNullable<z.output<typeof money>>): string {
  return currency === null ? amount.toFixed(2) : `${amount.toFixed(2)} ${currency}`;
}

function argumentsHash({ args }: AskingCall): string {
  return hashText(canonicalText(args));
}
