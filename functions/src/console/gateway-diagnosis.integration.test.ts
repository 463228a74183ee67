/** What the owner of a gateway is told while it does not work, and how its address is corrected. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { listen } from '../testing/listening.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';

let db: Firestore;

useServers((opened) => {
  db = opened;
});
useConsoleOwner();

async function call(method: string, path: string, body?: object) {
  const service = testService(db, { simulatorUrl: simulatorUrl(), localMode: true });
  return askConsole(service, { method, path: `/api${path}`, bearer: idToken(), body, headers: {} });
}

const added = z.object({ connection: z.object({ id: z.string(), version: z.number() }) });
const tested = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({ ok: z.boolean(), detail: z.string(), error: z.object({ code: z.string() }).optional() }),
  ),
});

async function newGateway(url: string, more: object = {}): Promise<string> {
  const fields = { kind: 'gateway', mode: 'paper', label: 'Mine', url, ...more };
  const { status, body } = await call('POST', '/connections', fields);
  expect(status, JSON.stringify(body)).toBe(201);
  return added.parse(body).connection.id;
}

async function test(id: string) {
  return tested.parse((await call('POST', `/connections/${id}/test`)).body);
}

/** A port that answers all requests alike. */
const answering = (answer: RequestListener) => listen(createServer(answer));
const withStatus = (status: number, headers: Record<string, string> = {}) =>
  answering((_request, response) => response.writeHead(status, headers).end('Access Denied'));

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const here = async (port: Promise<number>, scheme = 'http') => `${scheme}://127.0.0.1:${await port}`;

it.concurrent.each([
  ['a port that is closed', () => here(closedPort()), /refuses connections on that port/],
  ['HTTPS to a port without it', () => here(withStatus(200), 'https'), /does not speak HTTPS/],
  [
    'a connection that breaks',
    () => here(listen(createTcpServer((socket) => socket.destroy()))),
    /broke before/,
  ],
  [
    'an address that is not allowed',
    () => here(withStatus(403)),
    /refuses this service \(403\)\. .*ips\.allow/,
  ],
  [
    'a login page',
    () => here(withStatus(302, { location: '/sso/Login' })),
    /while nobody is signed in there\. Sign in to the gateway/,
  ],
  ['another server', () => here(withStatus(404)), /not as a Client Portal Gateway does \(404\)\. Check/],
  [
    'a page',
    () =>
      here(answering((_request, response) => response.setHeader('content-type', 'text/html').end('<html>'))),
    /not as a Client Portal Gateway does\. Check/,
  ],
  [
    'a proxy alone',
    () => here(withStatus(502)),
    /proxy in front of your gateway gets no answer from it \(502\)/,
  ],
])('tells %s from the others', async (_what, address, words) => {
  const id = await newGateway(await address());
  const { ok, steps } = await test(id);
  expect(ok).toBe(false);
  expect(steps).toMatchObject([{ ok: false, detail: expect.stringMatching(words) }]);
  expect(steps[0]?.detail).not.toMatch(/IBKR refused|IBKR cannot be reached|outages/);
  // A tool that is called says the same, and so does what is told of the session.
  const status = await call('POST', `/connections/${id}/tools/get_connection_status`, {});
  expect(JSON.stringify(status.body)).toMatch(/gateway/);
  expect(await call('POST', `/connections/${id}/tools/get_accounts`, {})).toMatchObject({
    status: 422,
    body: { error: { message: expect.stringMatching(/your gateway/i) } },
  });
});

it('shows the address, and takes another one with which it works', async () => {
  const id = await newGateway(await here(closedPort()), {
    headers: { 'x-secret': 'a header that is secret' },
  });
  const shown = await call('GET', `/connections/${id}/address`);
  expect(shown.body).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1\/api$/) });
  expect(JSON.stringify(shown.body)).not.toContain('secret');
  const port = new URL(simulatorUrl()).port;
  expect(await call('PATCH', `/connections/${id}`, { address: 'ftp://127.0.0.1' })).toMatchObject({
    status: 400,
  });
  const moved = await call('PATCH', `/connections/${id}`, { address: `http://127.0.0.1:${port}` });
  expect(moved).toMatchObject({ status: 200 });
  expect(await test(id)).toMatchObject({ ok: true });
});

it('sends the headers of a gateway to no other host', async () => {
  const id = await newGateway('https://gateway.example.com', {
    headers: { 'x-secret': 'a header that is secret' },
  });
  const moved = await call('PATCH', `/connections/${id}`, { address: 'https://elsewhere.example.com' });
  expect(moved).toMatchObject({ status: 400, body: { error: { fields: { address: expect.any(String) } } } });
  expect((await call('GET', `/connections/${id}/address`)).body).toEqual({
    url: 'https://gateway.example.com/v1/api',
  });
  // Without headers there is nothing to give away.
  const plain = await newGateway('https://gateway.example.com');
  const elsewhere = await call('PATCH', `/connections/${plain}`, {
    address: 'https://elsewhere.example.com',
  });
  expect(elsewhere).toMatchObject({ status: 200 });
});

it('changes no address with one that was read before the secrets were changed', async () => {
  const id = await newGateway('https://gateway.example.com', {
    headers: { 'x-secret': 'a header that is secret' },
  });
  const both = {
    address: 'https://gateway.example.com:8443',
    secrets: { url: 'https://gateway.example.com' },
  };
  expect(await call('PATCH', `/connections/${id}`, both)).toMatchObject({ status: 400 });
  await call('PATCH', `/connections/${id}`, { secrets: { url: 'https://gateway.example.com' } });
  const stale = { version: 1, address: 'https://gateway.example.com:8443' };
  expect(await call('PATCH', `/connections/${id}`, stale)).toMatchObject({ status: 409 });
});

it('has an address for no connection of another kind', async () => {
  const { body } = await call('POST', '/connections', { kind: 'sandbox' });
  const { id } = added.parse(body).connection;
  expect(await call('GET', `/connections/${id}/address`)).toMatchObject({ status: 404 });
  expect(await call('PATCH', `/connections/${id}`, { address: 'https://gateway.example.com' })).toMatchObject(
    {
      status: 400,
    },
  );
});
