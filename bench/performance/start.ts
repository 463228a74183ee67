/** What it takes each function to start and to answer for the first time, in its deployed runtime. */
import { randomBytes } from 'node:crypto';
import { PROJECT } from '../../functions/src/testing/console/id-token.ts';
import { startFunction } from '../../functions/src/testing/runtime/function-process.ts';
import { newOauthKeys } from '../../local/src/data/secret-keys.ts';
import { DEPLOYED } from './deployed.ts';
import { writeProgram } from './written-program.ts';

export interface StartCost {
  function: string;
  /** Wall time until the first answer, the start of the process included. */
  firstAnswerMs: number;
  cpuMs: number;
  memoryMiB: number;
}

/** By function an address that it answers, or refuses, after it has loaded its part. */
const ADDRESSES = {
  mcp: '/mcp',
  api: '/api/config',
  oauth: '/.well-known/oauth-authorization-server',
  signIn: '/',
};
/** A function that does nothing: what the runtime takes by itself, and what others have more is theirs. */
const EMPTY = 'empty';
const EMPTY_PROGRAM = `export const ${EMPTY} = (request, response) => response.end();\n`;

/** The median of so many starts of each. */
export async function measureStart(starts: number): Promise<StartCost[]> {
  const costs: StartCost[] = [];
  const empty = await writeProgram(EMPTY, EMPTY_PROGRAM);
  for (const [name, address] of Object.entries({ [EMPTY]: '/', ...ADDRESSES })) {
    const folder = name === EMPTY ? empty : DEPLOYED;
    const seen: StartCost[] = [];
    for (let start = 0; start < starts; start++) seen.push(await startOnce(name, address, folder));
    const median = (value: (cost: StartCost) => number) => {
      const sorted = seen.map(value).sort((a, b) => a - b);
      return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
    };
    costs.push({
      function: name,
      firstAnswerMs: median((cost) => cost.firstAnswerMs),
      cpuMs: median((cost) => cost.cpuMs),
      memoryMiB: median((cost) => cost.memoryMiB),
    });
  }
  return costs;
}

async function startOnce(name: string, address: string, folder: string): Promise<StartCost> {
  const keys = `bench:${randomBytes(32).toString('base64')}`;
  const from = performance.now();
  const running = await startFunction(
    name,
    {
      PUBLIC_ORIGIN: 'http://127.0.0.1:1',
      LOCAL_MODE: 'true',
      GCLOUD_PROJECT: PROJECT,
      VAULT_KEYS: keys,
      SIGN_IN_KEYS: keys,
      OAUTH_KEYS: newOauthKeys(),
      // Nothing that is asked for here is stored anywhere.
      FIRESTORE_EMULATOR_HOST: '127.0.0.1:1',
      METADATA_SERVER_DETECTION: 'none',
    },
    folder,
  );
  try {
    await (await fetch(running.url + address)).text();
    const firstAnswerMs = performance.now() - from;
    return { function: name, firstAnswerMs, ...(await running.usage()) };
  } finally {
    await running.stop();
  }
}
