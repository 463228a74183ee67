import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPlatform } from './platform.ts';

const AT_ONCE = 2;

/** Tasks that have begun, and how each is ended. */
const begun: { data: unknown; end: (status: number) => void }[] = [];

let platform: Server;
let origin: string;

beforeAll(async () => {
  const taking = createServer(async (request, response) => {
    const { data } = (await json(request)) as { data: unknown };
    begun.push({ data, end: (status) => response.writeHead(status).end() });
  });
  const scheduled = createServer((_request, response) => response.end('ran'));
  platform = createPlatform(
    new Map([
      ['takesTasks', { server: taking, maxConcurrentDispatches: AT_ONCE }],
      ['onSchedule', { server: scheduled, schedule: 'every 1 minutes' }],
    ]),
  );
  await once(platform.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
});
afterAll(() => platform.close());

async function enqueue(queue: string, data: string): Promise<number> {
  const body = Buffer.from(JSON.stringify({ data })).toString('base64');
  const answer = await fetch(`${origin}/projects/demo/locations/us-central1/queues/${queue}/tasks`, {
    method: 'POST',
    body: JSON.stringify({
      task: { httpRequest: { url: '', headers: { 'Content-Type': 'application/json' }, body } },
    }),
  });
  return answer.status;
}

const namesOfBegun = () => begun.map(({ data }) => data).toSorted();

it('begins as many tasks as their queue allows at once, and the others as those end, failed or not', async () => {
  for (const name of ['a', 'b', 'c', 'd']) expect(await enqueue('takesTasks', name)).toBe(200);
  await expect.poll(namesOfBegun).toEqual(['a', 'b']);
  begun[1]?.end(204);
  await expect.poll(namesOfBegun).toEqual(['a', 'b', 'c']);
  begun[2]?.end(500);
  await expect.poll(namesOfBegun).toEqual(['a', 'b', 'c', 'd']);
  for (const last of [begun[0], begun[3]]) last?.end(204);
});

it('has no queue for a function that takes no tasks', async () => {
  expect(await enqueue('onSchedule', 'a')).toBe(404);
});

it('says what runs on a schedule, and runs it', async () => {
  const backends = await fetch(`${origin}/backends`);
  expect(await backends.json()).toEqual({
    backends: [
      {
        functionTriggers: [
          { id: 'takesTasks' },
          { id: 'onSchedule', schedule: { schedule: 'every 1 minutes' } },
        ],
      },
    ],
  });
  const ran = await fetch(`${origin}/functions/projects/demo/triggers/onSchedule-0`, { method: 'POST' });
  expect(await ran.text()).toBe('ran');
});
