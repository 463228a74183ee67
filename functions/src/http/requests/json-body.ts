import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import * as logger from '../logging/logger.ts';

/** The parts of a request of Express that are set here. */
interface Parsed extends IncomingMessage {
  body?: unknown;
}

/**
 * A function that finds the JSON of its request parsed, as Firebase's task queues expect it: the runtime is given plain
 * bytes (`request-bodies.ts`). All else that Firebase reads from a function stays as it is.
 * @param task What a task is; a request with anything else gets 400.
 */
export function withJsonBody<Handler extends (request: never, response: never) => unknown>(
  task: z.ZodType,
  handler: Handler,
): Handler {
  const body = z.object({ data: task });
  return new Proxy(handler, {
    apply(target, self, [request, response]: [Parsed, ServerResponse]) {
      if (Buffer.isBuffer(request.body)) {
        request.body = parseJson(request.body);
        if (!body.safeParse(request.body).success) {
          const error = { code: 'invalid_body', message: 'The request body is not the JSON of a task.' };
          response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
          return undefined;
        }
        request.headers['content-type'] = request.headersDistinct['content-type']?.[0];
      }
      return Reflect.apply(target, self, [request, response]);
    },
  });
}

/**
 * A function that finds the JSON of its event parsed, as Firebase's triggers expect it. In whichever form events come
 * (the CloudEvents HTTP binding, sections 3.1 and 3.2): with their attributes in headers, or whole in the body.
 * @param data What an event tells. One that tells anything else is logged, and is over: it would come again for a day, and
 * be no other.
 */
export function withJsonEvent<Handler extends (event: never) => unknown>(
  data: z.ZodType,
  handler: Handler,
): Handler {
  const known = z.looseObject({ type: z.string(), source: z.string(), data });
  return new Proxy(handler, {
    apply(target, self, [event]: [unknown]) {
      const whole = parseJson(event);
      const { data: parsed } = known.safeParse(
        isObject(whole) ? { ...whole, data: parseJson(whole.data) } : whole,
      );
      if (parsed !== undefined) return Reflect.apply(target, self, [parsed]);
      logger.log('task_unreadable');
      return undefined;
    },
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The value of a JSON text's bytes, undefined where they are none; what is parsed already, as it is. */
function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return body;
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
