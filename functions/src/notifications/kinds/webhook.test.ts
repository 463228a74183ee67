import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { listen } from '../../testing/listening.ts';
import type { Outbound } from '../channel-kind.ts';
import { formerSecretUntil, newWebhookTarget, webhook, withNewSecret } from './webhook.ts';

const network = (localMode: boolean) => ({ localMode }) as Outbound;
const CHANNEL = { id: 'channel', ownerUid: 'owner' };
const DAY_MS = 86_400_000;
const message = { id: 'one', type: 'test', at: '2026-11-29T20:00:00.000Z' } as const;

async function startServer(status: number) {
  const received: { body: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer(async (request, response) => {
    received.push({ body: await text(request), headers: request.headers });
    response.writeHead(status).end('an answer');
  });
  return { url: `http://127.0.0.1:${await listen(server)}/`, received };
}

it('has secrets that receivers’ libraries take, each another', () => {
  const secrets = Array.from({ length: 50 }, () => newWebhookTarget('https://example.com').secret);
  expect(new Set(secrets).size).toBe(50);
  for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});

it('is signed by the secret before as well, for a day', async () => {
  const { url, received } = await startServer(200);
  const before = newWebhookTarget(url);
  const rolled = withNewSecret(before, new Date());
  await webhook.send(rolled, message, network(true), CHANNEL);
  await webhook.send(
    withNewSecret(before, new Date(Date.now() - DAY_MS - 1)),
    message,
    network(true),
    CHANNEL,
  );
  const verify = (index: number, secret: string) => {
    const { body = '', headers = {} } = received[index] ?? {};
    return new Webhook(secret).verify(body, headers as Record<string, string>);
  };
  expect(verify(0, rolled.secret)).toEqual(message);
  expect(verify(0, before.secret)).toEqual(message);
  expect(() => verify(1, before.secret)).toThrow();
  expect(formerSecretUntil(rolled, new Date(Date.now() + DAY_MS + 1))).toBeNull();
});

it.each([
  [200, 'delivered', null],
  [204, 'delivered', null],
  [301, 'failed', 'It answered 301: an answer'],
  [404, 'failed', 'It answered 404: an answer'],
  [410, 'gone', 'It answered 410: an answer'],
  [503, 'failed', 'It answered 503: an answer'],
])('takes the answer %i as %s', async (status, outcome, error) => {
  const { url } = await startServer(status);
  const result = await webhook.send(newWebhookTarget(url), message, network(true), CHANNEL);
  expect(result).toMatchObject({ outcome, status, error });
});

it('sends nothing to an address inside, even one that was let in once', async () => {
  const { url, received } = await startServer(200);
  const result = await webhook.send(newWebhookTarget(url), message, network(false), CHANNEL);
  expect(result).toMatchObject({ outcome: 'failed', status: null });
  expect(received).toEqual([]);
});
