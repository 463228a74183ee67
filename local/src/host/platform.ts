/**
 * What calls functions besides Hosting: the schedule, Cloud Tasks with a queue for each function that takes tasks, and
 * functions each other. All at the addresses that Firebase's emulators have for them, so that nobody has to know which of the two is there.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { HostedFunction } from './hosted-functions.ts';

/** A function of its own address, as one calls another. */
const FUNCTION = /^\/[\w-]+\/[\w-]+\/(\w+)$/;
const TRIGGER = /^\/functions\/projects\/[^/]+\/triggers\/(\w+)-0$/;
const QUEUE = /^\/projects\/[^/]+\/locations\/[^/]+\/queues\/(\w+)\/tasks$/;

/** As `firebase-admin/functions` sends it. */
interface EnqueueRequest {
  task: { httpRequest: { body: string; headers?: Record<string, string> } };
}

export function createPlatform(functions: ReadonlyMap<string, HostedFunction>): Server {
  const queues = new Map(
    [...functions].flatMap(([name, { maxConcurrentDispatches }]) =>
      maxConcurrentDispatches === undefined ? [] : [[name, taskQueue(maxConcurrentDispatches)]],
    ),
  );

  /** A failed task is not repeated, as its queue says. */
  async function dispatch(name: string, { task }: EnqueueRequest): Promise<void> {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/functions/projects/host/triggers/${name}-0`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...task.httpRequest.headers },
      body: Buffer.from(task.httpRequest.body, 'base64'),
    });
    if (!answer.ok) console.error(`A task of ${name} failed: ${answer.status} ${await answer.text()}`);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const called = functions.get((TRIGGER.exec(path) ?? FUNCTION.exec(path))?.[1] ?? '');
    if (called) {
      called.server.emit('request', request, response);
      return;
    }
    const queue = QUEUE.exec(path)?.[1] ?? '';
    const enqueue = queues.get(queue);
    if (enqueue) {
      const task = (await json(request)) as EnqueueRequest;
      enqueue(() =>
        dispatch(queue, task).catch((error: Error) => console.error(`A task of ${queue} failed:`, error)),
      );
      send(response, task);
      return;
    }
    if (path === '/backends') send(response, backends(functions));
    else response.writeHead(404).end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  return server;
}

/** Runs what is put into it in turn, so many at once. */
function taskQueue(atOnce: number): (run: () => Promise<void>) => void {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const begin = () => {
    while (running < atOnce) {
      const run = waiting.shift();
      if (run === undefined) return;
      running += 1;
      void run().finally(() => {
        running -= 1;
        begin();
      });
    }
  };
  return (run) => {
    waiting.push(run);
    begin();
  };
}

/** What the Functions emulator says of itself, as far as `schedule.ts` asks. */
function backends(functions: ReadonlyMap<string, HostedFunction>): object {
  const functionTriggers = [...functions].map(([id, { schedule }]) => ({
    id,
    ...(schedule === undefined ? {} : { schedule: { schedule } }),
  }));
  return { backends: [{ functionTriggers }] };
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
