import type { IncomingMessage, ServerResponse } from 'node:http';

/** The parts of a request of Express that are set here. */
interface Parsed extends IncomingMessage {
  body?: unknown;
}

/**
 * A function that finds the JSON of its request parsed, as Firebase's task queues expect it: the runtime is given plain
 * bytes (`request-bodies.ts`). All else that Firebase reads from a function stays as it is.
 */
export function withJsonBody<Handler extends (request: never, response: never) => unknown>(
  handler: Handler,
): Handler {
  return new Proxy(handler, {
    apply(target, self, [request, response]: [Parsed, ServerResponse]) {
      if (Buffer.isBuffer(request.body)) {
        try {
          request.body = JSON.parse(request.body.toString());
        } catch {
          const error = { code: 'invalid_body', message: 'The request body is not JSON.' };
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
 */
export function withJsonEvent<Handler extends (event: never) => unknown>(handler: Handler): Handler {
  return new Proxy(handler, {
    apply(target, self, [event]: [Buffer | { data?: unknown }]) {
      const whole = Buffer.isBuffer(event) ? JSON.parse(event.toString()) : event;
      const parsed = Buffer.isBuffer(whole.data)
        ? { ...whole, data: JSON.parse(whole.data.toString()) }
        : whole;
      return Reflect.apply(target, self, [parsed]);
    },
  });
}
