import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Child } from './child-process.ts';
import { childEnvironment } from './config.ts';
import { freePorts } from './ports.ts';

const ORIGIN = 'http://localhost:4280';
/** As the emulators' hub: it answers every page, and counts whom it answered. */
const PROGRAM = `
  import { createServer } from 'node:http';
  let answered = 0;
  for (const port of process.argv.slice(2).map(Number)) {
    createServer((_, response) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end(String(++answered)))
      .on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n' + ++answered))
      .listen(port, '127.0.0.1', () => console.log('ready ' + port));
  }
`;

let directory: string;
let program: Child;
let [guarded, open] = [0, 0];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'own-callers-'));
  const file = join(directory, 'hub.mjs');
  await writeFile(file, PROGRAM);
  [guarded = 0, open = 0] = await freePorts(2);
  const module = new URL('./own-callers.ts', import.meta.url);
  module.search = String(new URLSearchParams({ origins: ORIGIN, ports: String(guarded) }));
  program = new Child({
    name: 'hub',
    program: file,
    args: [String(guarded), String(open)],
    env: childEnvironment(),
    imports: [module.href],
    logFile: join(directory, 'hub.log'),
  });
  await Promise.all([
    program.prints(new RegExp(`ready ${guarded}`)),
    program.prints(new RegExp(`ready ${open}`)),
  ]);
});
afterAll(async () => {
  await program.stop(1_000);
  await rm(directory, { recursive: true });
});

/** The status of an answer, and its text; null where the connection was closed instead. */
function ask(
  port: number,
  headers: Record<string, string>,
  method = 'POST',
): Promise<[number, string] | null> {
  const { promise, resolve, reject } = Promise.withResolvers<[number, string] | null>();
  const asked = request({ host: '127.0.0.1', port, method, headers, agent: false }, async (answer) => {
    resolve([answer.statusCode ?? 0, Buffer.concat(await answer.toArray()).toString()]);
  });
  asked.on('upgrade', ({ statusCode = 0 }, socket) => {
    socket.destroy();
    resolve([statusCode, '']);
  });
  asked.on('error', (error: NodeJS.ErrnoException) =>
    error.code === 'ECONNRESET' ? resolve(null) : reject(error),
  );
  asked.end();
  return promise;
}

const local = () => `127.0.0.1:${guarded}`;
const WEB_SOCKET = { Connection: 'Upgrade', Upgrade: 'websocket' };

it('keeps pages of others away, whatever they send, before anything is done', async () => {
  const foreign = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://localhost:4281' },
    { Host: `evil.example:${guarded}` },
    { Host: `localhost.evil.example:${guarded}` },
    { Host: `evil.example:${guarded}`, Origin: `http://evil.example:${guarded}` },
    { Origin: 'https://evil.example', Expect: '100-continue', 'Content-Length': '0' },
  ];
  for (const headers of foreign) {
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
      expect(await ask(guarded, headers, method), JSON.stringify(headers)).toEqual([403, '']);
    }
    expect(await ask(guarded, { ...headers, ...WEB_SOCKET }, 'GET')).toBeNull();
  }
  expect(await ask(guarded, {})).toEqual([200, '1']);
});

it('lets programs, our pages and its own do as before, and no other port', async () => {
  for (const headers of [
    {},
    { Origin: ORIGIN },
    { Origin: `http://${local()}` },
    { Host: `localhost:${guarded}` },
  ]) {
    expect(await ask(guarded, headers)).toEqual([200, expect.any(String)]);
    expect(await ask(guarded, { ...headers, ...WEB_SOCKET }, 'GET')).toEqual([101, '']);
  }
  expect(await ask(open, { Origin: 'https://evil.example' })).toEqual([200, expect.any(String)]);
});
