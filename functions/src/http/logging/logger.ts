/**
 * What is logged, as Cloud Logging reads it. Besides the message a line says what was thrown, or has fields; what was thrown
 * may stand among these as well.
 */
import { inspect } from 'node:util';
import { type LogSeverity, write } from 'firebase-functions/logger';
import { EVENTS, type LoggedEvent } from './events.ts';
import { withSourceLines } from './source-lines.ts';

type Log = (message: string, details?: unknown) => void;

export const debug: Log = (message, details) => log('DEBUG', message, details);

/** Something that is as it should be. */
export const info: Log = (message, details) => log('INFO', message, details);

/** Something that an operator should know of. */
export const warn: Log = (message, details) => log('WARNING', message, details);

/** Something that an operator should look into. */
export const error: Log = (message, details) => log('ERROR', message, details);

/** Something that operators are alerted by. */
export function event(name: LoggedEvent, fields: Readonly<Record<string, unknown>>): void {
  const { severity, message } = EVENTS[name];
  log(severity, message, { event: name, ...fields });
}

function log(severity: LogSeverity, message: string, details: unknown = {}): void {
  if (isFields(details)) {
    const fields = Object.entries(details).map(([name, value]) => [name, traceOf(value)]);
    // Error Reporting takes for an error what has a trace.
    const said = severity === 'ERROR' ? traceOf(new Error(message)) : message;
    write({ ...Object.fromEntries(fields), severity, message: said });
  } else {
    write({ severity, message: `${message} ${withSourceLines(inspect(details))}` });
  }
}

function isFields(details: unknown): details is Record<string, unknown> {
  return typeof details === 'object' && details?.constructor === Object;
}

/** What was thrown may carry the whole of Firestore's client: only its trace is logged. */
function traceOf(value: unknown): unknown {
  return value instanceof Error ? withSourceLines(value.stack ?? value.message) : value;
}
