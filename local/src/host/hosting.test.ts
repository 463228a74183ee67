import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { freePorts } from '../ports.ts';
import { startHosting } from './hosting.ts';

const FUNCTION = { server: createServer((_request, response) => response.end('from the function')) };

async function startedHosting(): Promise<string> {
  const [port = 0] = await freePorts(1);
  await startHosting({
    config: { public: 'none', rewrites: [{ source: '/api/**', function: { functionId: 'api' } }] },
    repository: import.meta.dirname,
    functions: new Map([['api', FUNCTION]]),
    port,
    hostname: '127.0.0.1',
  });
  return `http://127.0.0.1:${port}`;
}

it('hands functions what has a path, and refuses what has none', async () => {
  const origin = await startedHosting();
  const asked = async (path: string) => {
    const answer = await fetch(origin + path);
    return { status: answer.status, text: await answer.text() };
  };
  for (const path of ['/api/me', '/api/%C3%A9', '/api/me?name=%ff', `/api/${'x'.repeat(1_600)}`]) {
    expect(await asked(path)).toEqual({ status: 200, text: 'from the function' });
  }
  for (const path of ['/api/%ff', '/%ff', '/%', '/api/%c3']) {
    expect(await asked(path)).toMatchObject({ status: 400 });
  }
  for (const path of [`/${'x'.repeat(2_000)}`, `/${'%C3%A9'.repeat(128)}`, `/api/${'x'.repeat(5_000)}`]) {
    expect(await asked(path)).toMatchObject({ status: 404 });
  }
});
