import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { sandboxTransport } from './sandbox-transport.ts';

test('each connection has its own path at the simulator', async () => {
  const urls: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url);
    response.end('{"accounts":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  for (const simulatorUrl of [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}/`]) {
    const transport = sandboxTransport({ simulatorUrl, connectionId: 'c/1' });
    expect(await transport.send({ method: 'GET', path: '/iserver/accounts' })).toEqual({
      status: 200,
      body: '{"accounts":[]}',
    });
    await transport.close();
  }
  expect(urls).toEqual(Array(2).fill('/sandbox/c%2F1/v1/api/iserver/accounts'));
  await new Promise((resolve) => server.close(resolve));
});
