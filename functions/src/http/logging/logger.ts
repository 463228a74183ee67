/**
 * What is logged, as Cloud Logging reads it. Besides the message a line says what was thrown, or has fields; what was thrown
 * may stand among these as well.
 */
import { inspect } from 'node:util';
import { write } from 'firebase-functions/logger';
import { EVENTS, type LoggedEvent } from './events.ts';
import { withSourceLines } from './source-lines.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Logs an event.
 * @param details Its fields, among which may be what was thrown; or what was thrown, and `fields` besides.
 */
export function log(event: LoggedEvent, details: unknown = {}, fields: Fields = {}): void {
  const { severity, message } = EVENTS[event];
  if (!isFields(details)) {
    write({ ...fields, event, severity, message: `${message} ${withSourceLines(inspect(details))}` });
    return;
  }
  const shown = Object.entries(details).map(([name, value]) => [name, traceOf(value)]);
  // Error Reporting takes for an error what has a trace.
  const said = severity === 'ERROR' ? traceOf(new Error(message)) : message;
  write({ ...Object.fromEntries(shown), event, severity, message: said });
}

function isFields(details: unknown): details is Fields {
  return typeof details === 'object' && details?.constructor === Object;
}

/** What was thrown may carry the whole of Firestore's client: only its trace is logged. */
function traceOf(value: unknown): unknown {
  return value instanceof Error ? withSourceLines(value.stack ?? value.message) : value;
}
