/** The events that apps may ask for, which are news of their connection, and the errors of MCP Events. */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { APP_NEWS_SCHEMAS, type AppNewsType } from '../../contract/news.ts';

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

const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false } as const;

const EVENTS = Object.entries(APP_NEWS_SCHEMAS).map(([name, schema]) => ({
  name,
  description: DESCRIPTIONS[name as AppNewsType],
  delivery: ['poll'],
  inputSchema: NO_ARGUMENTS,
  payloadSchema: z.toJSONSchema(schema, { io: 'output' }),
}));

/** As `events/list` answers them. */
export function listEvents() {
  return { events: EVENTS };
}

/**
 * The type of news that an event is.
 * @throws {ProtocolError} `NotFound`; `InvalidParams` for arguments, which none has.
 */
export function eventType(name: string, args: Readonly<Record<string, unknown>>): AppNewsType {
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

function notFound(kind: 'event' | 'subscription', message: string): ProtocolError {
  return new ProtocolError(NOT_FOUND, message, { kind });
}

export function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
