/** The events that apps may ask for, which are news of their connection, and the errors of MCP Events. */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { APP_NEWS_SCHEMAS, type AppNewsType } from '../../contract/news/news.ts';
import { PRICE_CROSSED, PRICE_DIRECTIONS, priceCrossed } from '../../contract/news/price-crossing.ts';
import { inputProblems } from '../../http/requests/input-problems.ts';
import type { CallbackFault } from '../../notifications/kinds/app.ts';
import { instrumentInput, number } from '../../tools/arguments.ts';

const DESCRIPTIONS: Record<AppNewsType, string> = {
  'order.waiting': 'An order waits for its owner: for a yes, or for an answer to a question of IBKR.',
  'order.filled': 'An order is filled.',
  'order.partly_filled': 'Some more of an order is filled.',
  'order.refused': 'IBKR refused an order.',
  'order.unknown': 'An order was sent, and whether IBKR has it is not known: do not send it again.',
  'session.needs_person':
    'The session at IBKR does not open by itself any more: its owner has to do something.',
  'session.restored': 'The session at IBKR is open again.',
  'trading.stopped': 'Trading on this connection was stopped by its owner.',
};

/** What `price.crossed` is asked for with. */
export const priceArguments = instrumentInput({
  price: number(z.number()),
  direction: z.enum(PRICE_DIRECTIONS),
});
export type PriceArguments = z.output<typeof priceArguments>;

/** Exactly when it is told, and when it is told again. */
const PRICE_DESCRIPTION =
  'The last traded price of an instrument reached a level: direction above tells when it is at the level or higher after it was seen lower, below when it is at it or lower after it was seen higher. Told again only after the price was seen on the other side once more. Looked at once a minute, and at each poll, at most every four seconds: what it did between two looks is not seen. Delayed and halted quotes, and the close of the day before, count for nothing. Polling has it watched for ten minutes after each poll.';

const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false } as const;

const PRICE_EVENT = {
  name: PRICE_CROSSED,
  description: PRICE_DESCRIPTION,
  delivery: ['poll', 'webhook'],
  inputSchema: z.toJSONSchema(priceArguments, { io: 'input', unrepresentable: 'any' }),
  payloadSchema: z.toJSONSchema(priceCrossed, { io: 'output' }),
};

const EVENTS = Object.entries(APP_NEWS_SCHEMAS).map(([name, schema]) => ({
  name,
  description: DESCRIPTIONS[name as AppNewsType],
  delivery: ['poll', 'webhook'],
  inputSchema: NO_ARGUMENTS,
  payloadSchema: z.toJSONSchema(schema, { io: 'output' }),
}));

/** As `events/list` answers them. */
export function listEvents() {
  return { events: [...EVENTS, PRICE_EVENT] };
}

/** An event with its arguments. */
export type AskedEvent =
  | { name: AppNewsType; price?: undefined }
  | { name: typeof PRICE_CROSSED; price: PriceArguments };

/**
 * The event that is asked for.
 * @throws {ProtocolError} `NotFound`; `InvalidParams` for arguments that are not its own.
 */
export function askedEvent(name: string, args: Readonly<Record<string, unknown>>): AskedEvent {
  if (name !== PRICE_CROSSED) return { name: newsType(name, args) };
  const { data, error } = priceArguments.safeParse(args);
  if (data === undefined) throw invalidParams(`${name}: ${inputProblems(error).message}`);
  return { name, price: data };
}

/** The type of news that an event is. */
function newsType(name: string, args: Readonly<Record<string, unknown>>): AppNewsType {
  if (!isAppNewsType(name))
    throw notFound('event', `There is no event ${JSON.stringify(name)}: see events/list.`);
  const [unknown] = Object.keys(args);
  if (unknown !== undefined) {
    throw invalidParams(`${name} takes no arguments, and ${JSON.stringify(unknown)} is one.`);
  }
  return name;
}

function isAppNewsType(name: string): name is AppNewsType {
  return Object.hasOwn(APP_NEWS_SCHEMAS, name);
}

/** As hosts know them: those of the design that the extension came from, which its final text may number anew. */
const NOT_FOUND = -32_011;
const RESOURCE_EXHAUSTED = -32_013;
const UNSUPPORTED = -32_014;
const CALLBACK_ENDPOINT_ERROR = -32_015;

export function notFound(kind: 'event' | 'subscription', message: string): ProtocolError {
  return new ProtocolError(NOT_FOUND, message, { kind });
}

export function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

export function resourceExhausted(message: string, limit: string, max?: number): ProtocolError {
  return new ProtocolError(RESOURCE_EXHAUSTED, message, { limit, ...(max !== undefined && { max }) });
}

export function unsupported(feature: string, value: string): ProtocolError {
  return new ProtocolError(UNSUPPORTED, `This ${feature} is not served here.`, { feature, value });
}

const FAULTS: Record<CallbackFault, string> = {
  timeout: 'It did not answer in time.',
  tls_error: 'Its certificate, or its way to encrypt, is not accepted.',
  connection_refused: 'It could not be reached.',
  http_4xx: 'It refused the challenge.',
  http_5xx: 'It failed.',
  challenge_failed: 'It did not answer with the challenge.',
};

export function callbackError(reason: CallbackFault): ProtocolError {
  const message = `The address of delivery.url was not verified. ${FAULTS[reason]}`;
  return new ProtocolError(CALLBACK_ENDPOINT_ERROR, message, { reason });
}
