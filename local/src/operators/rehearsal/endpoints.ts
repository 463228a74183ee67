/** The functions as Firebase finds them: what each is called by, what it is given, and where it runs. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';

const REPOSITORY = join(import.meta.dirname, '../../../..');
const SDK = join(REPOSITORY, 'node_modules/.bin/firebase-functions');

/** The functions that a deployment is to have, reviewed as any other file. */
export const REVIEWED = 'functions/endpoints.json';

/** By setting, as the SDK names them: `region`, `availableMemoryMb`, `httpsTrigger`… */
export type Endpoint = Readonly<Record<string, unknown>>;
export type Endpoints = Readonly<Record<string, Endpoint>>;

/** Those of a folder that can be deployed. */
export async function endpointsOf(folder: string): Promise<Endpoints> {
  const directory = await mkdtemp(join(tmpdir(), 'functions-manifest-'));
  const output = join(directory, 'manifest.json');
  const env = {
    PATH: dirname(process.execPath),
    GCLOUD_PROJECT: 'rehearsal',
    FUNCTIONS_MANIFEST_OUTPUT_PATH: output,
  };
  try {
    await promisify(execFile)(SDK, { cwd: folder, env });
    return JSON.parse(await readFile(output, 'utf8')).endpoints;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A line for each setting of a function that is not as it was reviewed. */
export function differences(reviewed: Endpoints, found: Endpoints): string[] {
  const names = new Set([...Object.keys(reviewed), ...Object.keys(found)]);
  return [...names].toSorted().flatMap((name) => {
    const [before, after] = [reviewed[name], found[name]];
    if (before === undefined) return [`${name} is new.`];
    if (after === undefined) return [`${name} is gone.`];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((setting) => !isDeepStrictEqual(before[setting], after[setting]))
      .map(
        (setting) => `${name}: ${setting} is ${shown(after[setting])}, and was ${shown(before[setting])}.`,
      );
  });
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
