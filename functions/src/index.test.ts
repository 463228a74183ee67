/** What the functions are deployed with, by what a deployment sets. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const INDEX = join(import.meta.dirname, 'index.ts');
const CONNECTOR = 'projects/example/locations/us-central1/connectors/own';
/** What the Firebase CLI is told of each function. */
const LISTING = `
  import * as functions from ${JSON.stringify(INDEX)};
  console.log(JSON.stringify(Object.values(functions).map(({ __endpoint: { vpc } }) => vpc)));
  process.exit();
`;

async function networksWith(env: Record<string, string>): Promise<unknown[]> {
  const list = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', LISTING], { env });
  return JSON.parse((await list).stdout) as unknown[];
}

it('leaves by the network of a deployment, with everything and in all functions', async () => {
  const networks = await networksWith({ VPC_CONNECTOR: CONNECTOR });
  expect(networks.length).toBeGreaterThan(5);
  expect(new Set(networks.map((network) => JSON.stringify(network)))).toEqual(
    new Set([JSON.stringify({ connector: CONNECTOR, egressSettings: 'ALL_TRAFFIC' })]),
  );
  expect(new Set(await networksWith({}))).toEqual(new Set([null]));
});
