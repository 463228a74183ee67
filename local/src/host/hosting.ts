/** Firebase Hosting: what `firebase.json` says of headers, pages and functions, by the same program as in its emulator. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as superstatic from 'superstatic';
import { z } from 'zod';
import type { HostedFunction } from './hosted-functions.ts';

/** Of a file's name, in the file systems of Linux, macOS and Windows. */
const MOST_NAME_BYTES = 255;
/** Linux takes 4,096 for a file's whole path, of which these come after that of the pages. */
const MOST_PATH_BYTES = 3_000;

interface Rewrite {
  function: { functionId: string };
}

/** Of `hosting` in `firebase.json`, what is looked at here. */
const rewritten = z.looseObject({
  rewrites: z.array(z.looseObject({ source: z.string(), function: z.unknown().optional() })),
});
type Rewritten = z.output<typeof rewritten>;

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
  const { rewrites } = rewritten.parse(config);
  // What comes next fails on these with 500.
  app.use((request, response, next) => {
    const status = refusedPath(request, rewrites);
    if (status !== null) {
      response.writeHead(status).end();
      return;
    }
    keepNothingMissing(response);
    next();
  });
  return new Promise((resolve, reject) => {
    app.listen(resolve).once('error', reject);
  });
}

/**
 * Has nobody keep that a file is missing, as `firebase.json` says of `404.html`: the program puts the headers on that the path
 * would have if it were there, after those.
 */
function keepNothingMissing(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  response.writeHead = (status: number, ...given: unknown[]) => {
    if (status === 404 && String(response.getHeader('Cache-Control')).includes('immutable'))
      response.setHeader('Cache-Control', 'no-store');
    return writeHead(status, ...given);
  };
}

/** The status that a path is refused with which no page and no function can have; null for any other. */
function refusedPath({ url = '/' }: IncomingMessage, rewrites: Rewritten['rewrites']): 400 | 404 | null {
  let path: string;
  try {
    path = decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return 400;
  }
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) return 404;
  // No pages are looked for there, and what a function has may be called as it likes.
  const isOfFunction = rewrites.some(
    (rewrite) => rewrite.function !== undefined && path.startsWith(rewrite.source.replace(/\*\*$/, '')),
  );
  const isTooLong = path.split('/').some((name) => Buffer.byteLength(name) > MOST_NAME_BYTES);
  return isTooLong && !isOfFunction ? 404 : null;
}
