import { expect, it } from 'vitest';
import { testService } from '../testing/service.ts';
import { metadataRoutes } from './metadata.ts';

const ORIGIN = 'https://gateway.example.com';

const ask = (path: string, openaiChallenge?: string) =>
  metadataRoutes.fetch(new Request(ORIGIN + path), {
    service: testService(null as never, { publicOrigin: ORIGIN, openaiChallenge }),
  } as never);

it.each(['/.well-known/mcp/catalog.json', '/.well-known/ai-catalog.json'])(
  'leads from %s to the card',
  async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      specVersion: 'draft',
      entries: [
        {
          identifier: 'urn:air:gateway.example.com:ibkr-gateway',
          displayName: 'IBKR Gateway',
          type: 'application/mcp-server-card+json',
          url: `${ORIGIN}/mcp/server-card`,
        },
      ],
    });
  },
);

it('answers the challenge of a directory where one is set', async () => {
  const path = '/.well-known/openai-apps-challenge';
  expect((await ask(path)).status).toBe(404);
  const answer = await ask(path, 'word-1');
  expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: 'word-1' });
});
