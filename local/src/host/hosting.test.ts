import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../ports.ts';
import { startHosting } from './hosting.ts';

const FUNCTION = { server: createServer((_request, response) => response.end('from the function')) };

const OF_API = { public: 'none', rewrites: [{ source: '/api/**', function: { functionId: 'api' } }] };

async function startedHosting(config: object = OF_API, repository = import.meta.dirname): Promise<string> {
  const [port = 0] = await freePorts(1);
  await startHosting({
    config,
    repository,
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

it('has kept what is there, and nothing of what is not', async () => {
  const repository = mkdtempSync(join(tmpdir(), 'hosting-'));
  onTestFinished(() => rmSync(repository, { recursive: true }));
  const { hosting } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../firebase.json'), 'utf8'));
  mkdirSync(join(repository, 'web/dist/assets'), { recursive: true });
  writeFileSync(join(repository, 'web/dist/404.html'), 'nothing here');
  writeFileSync(join(repository, 'web/dist/assets/index-1.js'), 'there');
  const origin = await startedHosting(hosting, repository);
  const asked = async (path: string) => {
    const answer = await fetch(origin + path);
    return [answer.status, await answer.text(), answer.headers.get('cache-control')];
  };
  // A page of before a deployment asks for what is gone, and may be served again after going back.
  expect(await asked('/assets/index-0.js')).toEqual([404, 'nothing here', 'no-store']);
  expect(await asked('/nowhere')).toEqual([404, 'nothing here', 'no-store']);
  expect(await asked('/assets/index-1.js')).toEqual([200, 'there', expect.stringContaining('immutable')]);
});
