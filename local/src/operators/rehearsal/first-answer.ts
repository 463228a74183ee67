/** Functions started as Cloud Run starts them, and asked once. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { newOauthKeys } from '../../data/secret-keys.ts';
import { freePorts } from '../../ports.ts';
import type { Endpoint } from './endpoints.ts';

const FUNCTIONS = join(import.meta.dirname, '../../../../functions');
const SERVER = 'node_modules/@google-cloud/functions-framework/build/src/main.js';
const STARTS_WITHIN_MS = 20_000;
const POLL_MS = 50;
const ORIGIN = 'https://gateway.example.com';

/** What functions answer without an account and without a database; without an event, where they take events. */
const ANSWERS: Readonly<Record<string, { path: string; status: number }>> = {
  mcp: { path: '/mcp', status: 405 },
  api: { path: '/api/config', status: 200 },
  oauth: { path: '/.well-known/oauth-authorization-server', status: 200 },
  signIn: { path: '/', status: 403 },
  accountDeleted: { path: '/', status: 400 },
};

/** Of what the schedule and the queues call nothing is asked but that it is there: the server answers this once it loaded it. */
const IS_THERE = { path: '/robots.txt', status: 404 };

/**
 * Starts a function with settings of a deployment, asks it once and ends it.
 * @returns what it was asked and answered.
 * @throws {Error} with its last words, or where it answers otherwise.
 */
export async function firstAnswer(directory: string, name: string, endpoint: Endpoint): Promise<string> {
  const [port = 0] = await freePorts(1);
  const isEvent = 'eventTrigger' in endpoint || 'blockingTrigger' in endpoint;
  const args = [join(directory, SERVER), '--source', directory, '--target', name];
  const child = spawn(process.execPath, args, {
    env: await deployedEnvironment(name, port, isEvent),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = text(child.stderr);
  const exited = once(child, 'exit');
  try {
    const { path, status: expected } = ANSWERS[name] ?? IS_THERE;
    const status = await ask(port, path, child);
    if (status === null) throw new Error(`${name} does not start.\n${await said}`);
    if (status !== expected) throw new Error(`${name} answers GET ${path} with ${status}, not ${expected}.`);
    return `GET ${path} is answered ${status}`;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

async function deployedEnvironment(name: string, port: number, isEvent: boolean): Promise<NodeJS.ProcessEnv> {
  const ring = () => `rehearsal:${randomBytes(32).toString('base64')}`;
  return {
    ...parseEnv(await readFile(join(FUNCTIONS, '.env'), 'utf8')),
    PORT: String(port),
    K_SERVICE: name.toLowerCase(),
    K_REVISION: `${name.toLowerCase()}-00001-abc`,
    FUNCTION_TARGET: name,
    FUNCTION_SIGNATURE_TYPE: isEvent ? 'cloudevent' : 'http',
    GCLOUD_PROJECT: 'rehearsal',
    METADATA_SERVER_DETECTION: 'none',
    PUBLIC_ORIGIN: ORIGIN,
    WEB_API_KEY: 'rehearsal',
    VAULT_KEYS: ring(),
    SIGN_IN_KEYS: ring(),
    OAUTH_KEYS: newOauthKeys(),
  };
}

/** @returns null where the program ends, or does not answer in time. */
async function ask(port: number, path: string, child: { exitCode: number | null }): Promise<number | null> {
  for (const until = Date.now() + STARTS_WITHIN_MS; Date.now() < until && child.exitCode === null; ) {
    const answer = await statusOf(port, path).catch(() => null);
    if (answer !== null) return answer;
    await delay(POLL_MS);
  }
  return null;
}

/** `fetch` would name the host as it is reached, which no deployment is called by. */
async function statusOf(port: number, path: string): Promise<number> {
  const asked = get({ host: '127.0.0.1', port, path, headers: { host: new URL(ORIGIN).host } });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}
