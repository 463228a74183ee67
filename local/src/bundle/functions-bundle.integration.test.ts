import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startFunction } from '../../../functions/src/testing/runtime/function-process.ts';
import { newOauthKeys } from '../data/secret-keys.ts';
import { differences, endpointsOf, REVIEWED } from '../operators/rehearsal/endpoints.ts';
import { bundleFunctions, compileFunctions } from './functions-bundle.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
/** Of each function that answers requests, what it answers first once it has loaded its part. */
const FIRST_ANSWERS = {
  mcp: { address: '/mcp', status: 405 },
  api: { address: '/api/config', status: 200 },
  oauth: { address: '/.well-known/oauth-authorization-server', status: 200 },
  signIn: { address: '/', status: 403 },
};

/** Has no packages above it that could lend it what the bundle lacks. */
let directory: string;
let files: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'functions-bundle-'));
  await bundleFunctions(directory);
  files = await readdir(directory);
});
afterAll(() => rm(directory, { recursive: true }));

it('is found to be the same functions as the sources, and those that were reviewed', async () => {
  const found = await endpointsOf(directory);
  expect(found).toEqual(await endpointsOf(join(REPOSITORY, 'functions')));
  expect(differences(JSON.parse(await readFile(join(REPOSITORY, REVIEWED), 'utf8')), found)).toEqual([]);
});

it.each(Object.entries(FIRST_ANSWERS))('starts and answers: %s', async (name, { address, status }) => {
  const keys = `test:${randomBytes(32).toString('base64')}`;
  const env = {
    PUBLIC_ORIGIN: 'http://127.0.0.1:1',
    LOCAL_MODE: 'true',
    GCLOUD_PROJECT: 'demo-bundle',
    VAULT_KEYS: keys,
    SIGN_IN_KEYS: keys,
    OAUTH_KEYS: newOauthKeys(),
    FIRESTORE_EMULATOR_HOST: '127.0.0.1:1',
    METADATA_SERVER_DETECTION: 'none',
  };
  const running = await startFunction(name, env, directory);
  try {
    expect((await fetch(running.url + address)).status).toBe(status);
  } finally {
    await running.stop();
  }
});

it('names the lines of the sources where something fails', async () => {
  const { NODE_OPTIONS } = parseEnv(await readFile(join(REPOSITORY, 'functions/.env'), 'utf8'));
  const call = `import { api } from './index.js';
    await api({ headers: {}, on() {} }, { on() {}, once() {}, writeHead() {}, end() {} });`;
  const args = ['--input-type=module', '--eval', call];
  const run = await promisify(execFile)(process.execPath, args, { cwd: directory, env: { NODE_OPTIONS } });
  const lines = (await readFile(join(REPOSITORY, 'functions/src/config.ts'), 'utf8')).split('\n');
  const line = 1 + lines.findIndex((text) => text.includes('throw new Error(`Settings are wrong'));
  expect(run.stderr).toContain(`functions/src/config.ts:${line}:`);
});

it('is compiled beforehand, and then not at a start, wherever it lies', async () => {
  const compiled = `${directory}-compiled`;
  const moved = `${directory}-moved`;
  onTestFinished(() => rm(moved, { recursive: true, force: true }));
  await cp(directory, compiled, { recursive: true });
  await compileFunctions(compiled);
  await rename(compiled, moved);
  const args = ['--input-type=module', '--eval', `await import('./index.js')`];
  const env = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: moved, env });
  const loaded = [...stderr.matchAll(/reading cache from .+ for ESM file:\/\/(.+?)\.\.\./g)];
  expect(loaded.length).toBeGreaterThan(5);
  expect(stderr.match(/V8 code cache for ESM .+ was accepted/g)).toHaveLength(loaded.length);
  const code = await Promise.all(loaded.map(([, file = '']) => readFile(file, 'utf8')));
  // What only who is asked about needs.
  expect(code.join()).not.toContain('firebase-admin/lib/auth/auth.js');
});

it('has the licence of every package in it', async () => {
  const notices = await readFile(join(directory, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const maps = files.filter((file) => file.endsWith('.map'));
  const sources = await Promise.all(
    maps.map(
      async (map): Promise<string[]> => JSON.parse(await readFile(join(directory, map), 'utf8')).sources,
    ),
  );
  const packages = new Set(
    sources.flat().flatMap((source) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
  );
  expect(packages.size).toBeGreaterThan(50);
  for (const name of packages) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+.* \\(.+\\)$`, 'm'));
});
