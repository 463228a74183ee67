/** How a request of the functions runtime reaches a handler. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request as FunctionsRequest } from 'firebase-functions/https';
import { expect, it, vi } from 'vitest';
import { closeAfterFile } from '../testing/after-file.ts';
import { serve } from './node.ts';

it('tells a handler when its caller has gone', async () => {
  vi.stubEnv('PUBLIC_ORIGIN', 'https://gateway.example');
  vi.stubEnv('GCLOUD_PROJECT', 'demo-test');
  vi.stubEnv('VAULT_KEYS', `test:${randomBytes(32).toString('base64')}`);

  const called = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const handle = async ({ signal }: Request) => {
    called.resolve();
    expect(signal.aborted).toBe(false);
    signal.addEventListener('abort', () => gone.resolve());
    await gone.promise;
    return new Response();
  };
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { url, headers } = incoming;
    const asExpress = Object.assign(incoming, { originalUrl: url, get: (name: string) => headers[name] });
    void serve(asExpress as unknown as FunctionsRequest, outgoing, handle);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterFile(() => new Promise((resolve) => server.close(resolve)));

  const { port } = server.address() as AddressInfo;
  const call = request({ port, host: '127.0.0.1', path: '/api/connections/check' });
  call.on('error', () => {});
  call.end();
  await called.promise;
  call.destroy();
  await gone.promise;
});
