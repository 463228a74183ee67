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
