/** A model that chooses the calls, played: that way of the evals works without a key to anything. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from './live-model.ts';

const KEY = 'played-key';
const asked: { authorization: string | undefined; body: { messages: object[]; tools: object[] } }[] = [];

/** Asks for one quote, and answers with what it was told. */
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString());
  asked.push({ authorization: request.headers.authorization, body });
  const last = body.messages.at(-1);
  const message =
    last.role === 'tool'
      ? { content: `It is ${last.content}.` }
      : {
          content: null,
          tool_calls: [{ id: '1', function: { name: 'get_quote', arguments: '{"symbol":"NVDA"}' } }],
        };
  response.statusCode = request.headers.authorization === `Bearer ${KEY}` ? 200 : 401;
  response.end(JSON.stringify({ choices: [{ message }] }));
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

function served(key: string): Promise<string> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tools = [{ name: 'get_quote', description: 'A price.', inputSchema: { type: 'object' } }];
  const request = { instructions: 'Serve.', tools, ask: 'What does Nvidia cost?' };
  return serve({ url, key, model: 'played' }, request, async (name, args) => `${name} ${args.symbol} 170`);
}

describe('a model that chooses the calls', () => {
  it('is given the tools, has its calls made, and is told their answers', async () => {
    expect(await served(KEY)).toBe('It is get_quote NVDA 170.');
    expect(asked).toHaveLength(2);
    expect(asked[0]?.body.tools).toMatchObject([{ type: 'function', function: { name: 'get_quote' } }]);
    expect(asked[1]?.body.messages.map((message) => (message as { role: string }).role)).toEqual([
      ...['system', 'user', 'assistant', 'tool'],
    ]);
  });

  it('that its provider does not let in is told so', async () => {
    await expect(served('no-key')).rejects.toThrow('The model answered 401.');
  });
});
