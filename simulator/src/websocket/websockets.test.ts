import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { placeOrders, readySandbox, TestClient } from '../test-client.ts';
import {
  AAPL,
  advance,
  connect,
  limit,
  openStream,
  sim,
  simulator,
  start,
  tokenOf,
  useStreams,
} from './test-streams.ts';

useStreams();

describe('who may listen', () => {
  test.each([
    ['the token alone', (token: string) => `other=1; api=${token}`],
    ['JSON, as clients of a gateway write it', (token: string) => `api={"session": "${token}"}`],
  ])('a cookie with %s is greeted with system, act and sts', async (_, cookieOf) => {
    const { client, account } = await readySandbox(simulator, 'a');
    const token = await tokenOf(client);
    const socket = connect('/sandbox/a/v1/api/ws', { cookie: cookieOf(token) });
    const username = (await client.get('/sso/validate')).body.USER_NAME;
    expect(await socket.next()).toEqual({ topic: 'system', success: username, isFT: false, isPaper: true });
    expect(await socket.next()).toMatchObject({
      topic: 'act',
      args: { accounts: [account], selectedAccount: account, isPaper: true },
    });
    expect(await socket.next()).toMatchObject({
      topic: 'sts',
      args: { authenticated: true, connected: true, competing: false, username },
    });
  });

  test('without a cookie the token comes as the first message', async () => {
    const { client } = await readySandbox(simulator, 'a');
    const socket = connect('/sandbox/a/v1/api/ws');
    expect(await socket.next()).toEqual({ message: 'waiting for session' });
    socket.send('sor+{}', '{"session":"of somebody else"}');
    expect(await socket.next()).toEqual({ message: 'waiting for session' });
    socket.send(JSON.stringify({ session: await tokenOf(client) }));
    expect(await socket.next()).toMatchObject({ topic: 'system' });
  });

  test('the token of one session does not open another', async () => {
    const { client } = await readySandbox(simulator, 'a');
    await readySandbox(simulator, 'b');
    const socket = connect('/sandbox/b/v1/api/ws', { cookie: `api=${await tokenOf(client)}` });
    expect(await socket.next()).toEqual({ message: 'waiting for session' });
  });

  test('the session at the root begins with its login', async () => {
    await start({ login: 'page' });
    const socket = connect('/v1/api/ws', { cookie: 'api=' });
    expect(await socket.next()).toEqual({ message: 'waiting for session' });
    await sim.post('/login');
    const client = new TestClient(simulator, '/v1/api');
    socket.send(JSON.stringify({ session: await tokenOf(client) }));
    expect((await socket.next('sts')).args).toMatchObject({ authenticated: false, connected: true });
    await client.post('/iserver/auth/ssodh/init', { publish: true, compete: true });
    expect(await socket.next()).toEqual({ topic: 'sts', args: { authenticated: true } });
    expect(await socket.next('act')).toMatchObject({ args: { isPaper: true } });
  });

  test('what is sent before sts is dropped', async () => {
    await start({ warmUpMs: 50 });
    const { client } = await readySandbox(simulator, 'a');
    const socket = connect('/sandbox/a/v1/api/ws', { cookie: `api=${await tokenOf(client)}` });
    await socket.opened();
    socket.send('spl+{}', 'ech+hb');
    await socket.next('sts');
    expect(await socket.settled()).toEqual([]);
    expect(socket.frames.map(({ topic }) => topic)).not.toContain('spl');
  });

  test('a logout ends the connection', async () => {
    const { client, socket } = await openStream();
    const closed = once(socket.socket, 'close');
    await client.post('/logout');
    expect((await closed)[0]).toBe(1000);
    expect(socket.frames).toContainEqual({ topic: 'sts', args: { authenticated: false } });
  });

  test('other paths and other upgrades are no WebSockets', async () => {
    const socket = connect('/v1/api/iserver/ws');
    const [, response] = await once(socket.socket, 'unexpected-response');
    expect(response.statusCode).toBe(404);
    expect((await new TestClient(simulator, '/v1/api').get('/ws')).status).toBe(404);
    // Java's HTTP client asks for HTTP/2 with every first request.
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAAA' };
    const sent = request(`${simulator.url}/v1/api/tickle`, { headers }).end();
    const [answer] = await once(sent, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });

  test('faults and limits hit the opening too', async () => {
    await start({ pacing: true });
    await sim.post('/faults', { kind: 'status', status: 502, times: 1, match: { path: '/ws' } });
    const refused = connect('/v1/api/ws');
    expect((await once(refused.socket, 'unexpected-response'))[1].statusCode).toBe(502);
    for (let i = 0; i < 10; i++) await connect('/v1/api/ws').opened();
    const paced = connect('/v1/api/ws');
    expect((await once(paced.socket, 'unexpected-response'))[1].statusCode).toBe(429);
  });
});

describe('the session', () => {
  test('a heartbeat every ten seconds', async () => {
    const { socket } = await openStream();
    const { epochMs } = (await advance(10_000)).body;
    expect(await socket.next('system')).toEqual({ topic: 'system', hb: epochMs });
    expect(await socket.settled()).toEqual([]);
  });

  test('tic keeps it from going idle, other messages do not', async () => {
    const { client, socket } = await openStream();
    await advance(5 * 60_000);
    socket.send('tic');
    const { epochMs } = (await sim.get('/clock')).body;
    expect(await socket.next('tic')).toEqual({
      topic: 'tic',
      alive: true,
      id: await tokenOf(client),
      lastAccessed: epochMs,
    });
    await advance(5 * 60_000);
    socket.send('tic');
    await socket.next('tic');
    await advance(6 * 60_000 + 1);
    socket.send('sor+{}', 'spl+{}');
    expect(await socket.next('sts')).toEqual({ topic: 'sts', args: { authenticated: false } });
    // What needs a brokerage session is not even refused now, the rest goes on.
    expect((await socket.settled()).map(({ topic }) => topic)).not.toContain('sor');
    expect(socket.frames.map(({ topic }) => topic)).toContain('spl');
  });

  test('a competing program is told of, and takes the streams with it', async () => {
    const { client, account, socket } = await openStream();
    socket.send('sor+{}');
    await sim.post('/faults', { kind: 'competing', times: 1, match: { path: '/tickle' } });
    await client.post('/tickle');
    const told = [await socket.next('sts'), await socket.next('sts'), await socket.next('sts')];
    expect(Object.assign({}, ...told.map(({ args }) => args))).toEqual({
      authenticated: false,
      established: false,
      competing: true,
    });
    await client.post('/iserver/auth/ssodh/init', { publish: true, compete: true });
    await socket.next('act');
    await client.get('/iserver/accounts');
    await placeOrders(client, account, [limit()]);
    expect((await socket.settled()).map(({ topic }) => topic)).not.toContain('sor');
  });

  test('a bulletin reaches the clients of its sandbox', async () => {
    const [one, other] = [await openStream('a'), await openStream('b')];
    await sim.post('/bulletins', { message: 'NYSE is down', sandbox: 'a' });
    expect(await one.socket.next('blt')).toMatchObject({ args: { message: 'NYSE is down' } });
    expect(await other.socket.settled()).toEqual([]);
  });

  test('a topic without /iserver/accounts, an unknown one and bad arguments are refused', async () => {
    const client = new TestClient(simulator, '/sandbox/a/v1/api');
    await client.post('/iserver/auth/ssodh/init', { publish: true, compete: true });
    const socket = connect('/sandbox/a/v1/api/ws', { cookie: `api=${await tokenOf(client)}` });
    await socket.next('sts');
    socket.send(`smd+${AAPL}+{"fields":["31"]}`);
    expect(await socket.next()).toEqual({ error: 'No accounts', code: 500, topic: 'smd' });
    await client.get('/iserver/accounts');
    for (const [message, topic] of [
      ['sxx+{}', 'sxx'],
      ['hello', 'hello'],
      ['smd+apple+{}', 'smd'],
      [`smd+${AAPL}+{"fields":`, 'smd'],
      ['str+{"days":8}', 'str'],
      ['ssd+DU0000001+{}', 'ssd'],
    ] as const) {
      socket.send(message);
      expect(await socket.next(), message).toEqual({ error: expect.any(String), code: 500, topic });
    }
  });
});
