/** A plain HTTP client for the tests; it knows nothing of IBKR's rules. */

import type { RunningSimulator } from './server.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** Parsed JSON, loosely typed: tests look at what is there. */
  // biome-ignore lint/suspicious/noExplicitAny: every endpoint has another shape
  readonly body: any;
}

export class TestClient {
  readonly #base: string;

  /** @param prefix `/v1/api` for the session at the root, or that of a sandbox. */
  constructor(simulator: Pick<RunningSimulator, 'url'>, prefix: string) {
    this.#base = simulator.url + prefix;
  }

  get(path: string): Promise<HttpAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<HttpAnswer> {
    return this.send('POST', path, body);
  }

  delete(path: string): Promise<HttpAnswer> {
    return this.send('DELETE', path);
  }

  send(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return this.sendRaw(method, path, body === undefined ? undefined : JSON.stringify(body));
  }

  /** Sends a body as it is. */
  async sendRaw(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const response = await fetch(this.#base + path, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Some answers are text or nothing.
    }
    return { status: response.status, text, body: parsed };
  }
}

/** A sandbox session as a well-behaved client has it after its start, with its account. */
export async function readySandbox(
  simulator: RunningSimulator,
  id: string,
): Promise<{ client: TestClient; account: string }> {
  const client = new TestClient(simulator, `/sandbox/${id}/v1/api`);
  await client.post('/iserver/auth/ssodh/init', { publish: true, compete: true });
  const { body } = await client.get('/iserver/accounts');
  await client.get('/portfolio/accounts');
  return { client, account: body.accounts[0] };
}

export function control(simulator: RunningSimulator): TestClient {
  return new TestClient(simulator, '/sim');
}

/** Places orders and says yes to every question. */
export async function placeOrders(
  client: TestClient,
  account: string,
  tickets: readonly object[],
): Promise<HttpAnswer> {
  let answer = await client.post(`/iserver/account/${account}/orders`, { orders: tickets });
  while (Array.isArray(answer.body) && answer.body[0]?.messageIds) {
    answer = await client.post(`/iserver/reply/${answer.body[0].id}`, { confirmed: true });
  }
  return answer;
}
