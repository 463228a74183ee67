/** What the Model Context Protocol's own conformance suite says of the running stack. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    const checks = await runSuite([
      'server',
      ...['--url', proxy.url, '--scenario', scenario, '--spec-version', revision],
    ]);
    expectGood(checks, exceptions);
  });
});

/** Every check is good except those that are excepted, and each of those is there and is not good. */
function expectGood(checks: Check[], exceptions: Exceptions): void {
  expect(checks).not.toEqual([]);
  const bad = checks.filter(({ status }) => !GOOD.includes(status));
  expect(bad.filter(({ id }) => exceptions[id] === undefined)).toEqual([]);
  expect(Object.keys(exceptions).filter((id) => !bad.some((check) => check.id === id))).toEqual([]);
}
