/** Firebase Hosting: what `firebase.json` says of headers, pages and functions, by the same program as in its emulator. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as superstatic from 'superstatic';
import type { HostedFunction } from './hosted-functions.ts';

/** Of a file's name, in the file systems of Linux, macOS and Windows. */
const MOST_NAME_BYTES = 255;

interface Rewrite {
  function: { functionId: string };
}

/**
 * Resolves once it listens.
 *
 * @param options.config `hosting` of `firebase.json`.
 * @param options.repository where `firebase.json` is.
 */
export function startHosting(options: {
  config: object;
  repository: string;
  functions: ReadonlyMap<string, HostedFunction>;
  port: number;
  hostname: string;
}): Promise<void> {
  const { config, repository, functions, port, hostname } = options;
  const app = superstatic.server({
    config,
    cwd: repository,
    stack: 'strict',
    compression: true,
    port,
    hostname,
    rewriters: {
      function: async ({ function: { functionId } }: Rewrite) => {
        const server = functions.get(functionId)?.server;
        if (server === undefined) throw new Error(`firebase.json names ${functionId}, which is no function.`);
        return (request: IncomingMessage, response: ServerResponse) =>
          server.emit('request', request, response);
      },
    },
  });
  // What comes next fails on these with 500.
  app.use((request, response, next) => {
    const status = refusedPath(request);
    if (status === null) next();
    else response.writeHead(status).end();
  });
  return new Promise((resolve, reject) => {
    app.listen(resolve).once('error', reject);
  });
}

/** The status that a path is refused with which no page and no function can have; null for any other. */
function refusedPath({ url = '/' }: IncomingMessage): 400 | 404 | null {
  try {
    const names = decodeURIComponent(url.split('?', 1)[0] ?? '').split('/');
    return names.some((name) => Buffer.byteLength(name) > MOST_NAME_BYTES) ? 404 : null;
  } catch {
    return 400;
  }
}
