/** What the Model Context Protocol's own conformance suite says of the running stack. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../local/src/ports.ts';
import { api, signInAs } from '../console-client.ts';
import { type HostingProxy, startHostingProxy } from '../hosting-proxy.ts';
import { approve, Browser, OauthHost } from '../oauth/oauth-host.ts';
import { type ConformanceProxy, startConformanceProxy } from './conformance/proxy.ts';
import {
  APPLICABLE,
  type Exceptions,
  NOT_APPLICABLE,
  type Revision,
} from './conformance/reviewed-scenarios.ts';
import { type Check, listScenarios, runSuite } from './conformance/suite.ts';

const REVISIONS = Object.keys(APPLICABLE) as Revision[];
/** `INFO` tells of a choice that the specification leaves to the server. */
const GOOD = ['SUCCESS', 'INFO'];

it('has reviewed every server scenario there is, and none that there is not', async () => {
  const listed = await listScenarios('server');
  const unreviewed = listed.filter(({ name, tags }) => {
    if (NOT_APPLICABLE[name] !== undefined) return false;
    const revisions = REVISIONS.filter((revision) => tags.includes(revision));
    return revisions.length === 0 || revisions.some((revision) => APPLICABLE[revision][name] === undefined);
  });
  expect(unreviewed).toEqual([]);

  const gone = [
    ...REVISIONS.flatMap((revision) => Object.keys(APPLICABLE[revision])),
    ...Object.keys(NOT_APPLICABLE),
  ].filter((name) => !listed.some((one) => one.name === name));
  expect(gone).toEqual([]);
});

describe.each(REVISIONS)('MCP server, revision %s', (revision) => {
  let proxy: ConformanceProxy;

  beforeAll(async () => {
    proxy = await startConformanceProxy();
  });
  afterAll(() => proxy.close());

  it.each(Object.entries(APPLICABLE[revision]))('%s', async (scenario, exceptions) => {
    const args = ['--url', proxy.url, '--scenario', scenario, '--spec-version', revision];
    expectGood(await runSuite(['server', ...args]), exceptions);
  });
});

describe('authorization server', () => {
  let hosting: HostingProxy;

  beforeAll(async () => {
    hosting = await startHostingProxy();
  });
  afterAll(() => hosting.stop());

  /** A user says yes, and their browser goes back to the suite. */
  async function consent(address: URL): Promise<void> {
    const user = await signInAs('conformance');
    const { body } = await api(user, 'POST', '/connections', { kind: 'sandbox' });
    const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(body);
    const answer = { connectionId: connection.id, scope: 'read' };
    await fetch(await approve(new Browser(hosting), user, address, answer));
  }

  it('has no scenario that is not run here', async () => {
    const names = (await listScenarios('authorization')).map(({ name }) => name);
    expect(names).toEqual(['authorization-server-metadata-endpoint', 'authorization-code-grant']);
  });

  it('describes itself and grants codes, to a request with neither scope nor resource', async () => {
    const [port] = await freePorts(1);
    const { server, client } = await OauthHost.open(hosting, {
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
    });
    const stop = new AbortController();
    let visited: Promise<unknown> = Promise.resolve(new Error('The suite sent nobody to consent.'));
    const onLine = (line: string) => {
      if (!line.startsWith(`${server.authorization_endpoint}?`)) return;
      visited = consent(new URL(line)).catch((error) => {
        stop.abort();
        return error;
      });
    };
    const args = ['--url', server.issuer, '--client-id', client.client_id, '--port', `${port}`];
    const checks = await runSuite(['authorization', ...args], { onLine, signal: stop.signal });
    expect(await visited).toBeUndefined();
    expectGood(checks, {});
  });
});

/** Every check is good except those that are excepted, and each of those is there and is not good. */
function expectGood(checks: Check[], exceptions: Exceptions): void {
  expect(checks).not.toEqual([]);
  const bad = checks.filter(({ status }) => !GOOD.includes(status));
  expect(bad.filter(({ id }) => exceptions[id] === undefined)).toEqual([]);
  expect(Object.keys(exceptions).filter((id) => !bad.some((check) => check.id === id))).toEqual([]);
}
