/** The programs as an operator runs them, with programs on the path that play Google's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CloudState, emptyProject, PLAYED, play, runOn } from './deploy/played-cloud.ts';
import { REPOSITORY, settingsFile } from './deploy/project.ts';
import { setupSteps } from './deploy/setup-steps.ts';
import { carryOut } from './deploy/steps.ts';

let directory: string;
let state: CloudState;

/** Google's programs: each tells what it was called with, and says what it is told. */
const server = createServer(async (request, response) => {
  const { words, input } = JSON.parse(await text(request));
  try {
    response.end(JSON.stringify({ out: play(state, words, input) }));
  } catch (error) {
    response.end(JSON.stringify({ error: (error as Error).message }));
  }
});

const program = (port: number, name: string) => `#!${process.execPath}
const words = ['${name}', ...process.argv.slice(2)];
const input = words.includes('--data-file=-') ? require('node:fs').readFileSync(0, 'utf8') : '';
const request = require('node:http').request({ port: ${port}, method: 'POST' }, async (response) => {
  const { out, error } = JSON.parse((await response.toArray()).join(''));
  if (error) process.exitCode = 1;
  (error ? process.stderr : process.stdout).write(error ?? out);
});
request.end(JSON.stringify({ words, input }));
`;

beforeAll(async () => {
  server.listen(0);
  await once(server, 'listening');
  directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-deploy-'));
  for (const name of ['gcloud', 'firebase', 'npm']) {
    const file = join(directory, name);
    await writeFile(file, program((server.address() as AddressInfo).port, name));
    await chmod(file, 0o755);
  }
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true });
  await rm(join(REPOSITORY, settingsFile(PLAYED)), { force: true });
});

async function runScript(name: string, ...options: string[]) {
  const script = join(import.meta.dirname, `${name}.ts`);
  const child = spawn(process.execPath, [script, '--project', PLAYED, ...options], {
    env: { PATH: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, out, errors };
}

it('ends at what fails, and says that it can be run again', async () => {
  state = { ...emptyProject(), faults: [{ command: 'gcloud services enable', after: false }] };
  const { code, out, errors } = await runScript('deploy-setup', '--yes', '--billing-account', 'AB-CD');
  expect(code).toBe(1);
  expect(out).toContain('done    2. Firebase knows the project');
  for (const words of ['FAILED  3. Google’s APIs are on', 'ERROR: unavailable', 'run this again'])
    expect(errors).toContain(words);
  expect(state).toMatchObject({ billing: 'AB-CD', firebase: true, apis: [] });
});

it('deploys to a project that is ready, and shows no key', async () => {
  state = emptyProject();
  const project = { id: PLAYED, number: '123456', operator: 'operator@example.com', billingAccount: 'AB-CD' };
  const wishes = { location: 'nam5', origin: 'https://gateway.example.com', budget: 50 };
  await carryOut(setupSteps(project, wishes), runOn(state), () => {});
  const deployed = await runScript('deploy', '--yes');
  expect(deployed).toMatchObject({ code: 0, errors: '' });
  expect(deployed.out).toContain('All is well');
  expect(state).toMatchObject({ hosting: 1, functions: [{ VAULT_KEYS: '1' }] });
  for (const { value } of Object.values(state.secrets).flat()) expect(deployed.out).not.toContain(value);
});

it('does nothing without a yes, and only prints where it shall', async () => {
  state = emptyProject();
  const unasked = await runScript('deploy-setup', '--billing-account', 'AB-CD');
  expect(unasked).toMatchObject({ code: 1, errors: expect.stringContaining('Nothing was done') });
  expect(unasked.out).toContain('Google’s APIs are on');
  expect(state.apis).toEqual([]);
  const asked = state.calls.length;
  for (const name of ['deploy-setup', 'deploy'])
    expect(await runScript(name, '--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('gcloud'),
    });
  expect(state.calls).toHaveLength(asked);
});

it('says where Google’s programs come from where they are missing', async () => {
  await rm(join(directory, 'gcloud'), { force: true });
  const { code, errors } = await runScript('deploy-setup', '--yes');
  expect(code).toBe(1);
  expect(errors).toContain('cloud.google.com/sdk');
});
