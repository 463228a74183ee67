/**
 * `npm run rehearse`: a deployment of the functions without a cloud. Makes what would be uploaded, installs it outside of the
 * repository with its lock file, has Firebase's SDK find the functions in it, and starts each as Cloud Run would.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunctions, writeDeployment } from '../bundle/functions-bundle.ts';
import { givenOptions } from './given-options.ts';
import { differences, endpointsOf, REVIEWED } from './rehearsal/endpoints.ts';
import { firstAnswer } from './rehearsal/first-answer.ts';
import { checkAsBuilt, install, uploadOf } from './rehearsal/installation.ts';

const HELP = `npm run rehearse -- [options]

Rehearses a deployment of the functions on this machine. It needs the npm registry and no account, and changes nothing.

  --accept   the functions as they are now become those that ${REVIEWED} names
  --help     this text`;

const values = givenOptions({ accept: { type: 'boolean' }, help: { type: 'boolean' } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const reviewed = join(import.meta.dirname, '../../..', REVIEWED);
const directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-rehearsal-'));
try {
  await writeDeployment(directory);
  const { files, bytes } = await uploadOf(directory);
  console.log(`Uploaded would be ${files} files, ${(bytes / 1e6).toFixed(1)} MB before they are packed.`);

  await install(directory);
  await compileFunctions(directory);
  await checkAsBuilt(directory);
  console.log(
    'It installs by its lock file, without scripts, and its main file passes the check of Google’s build.',
  );

  const endpoints = await endpointsOf(directory);
  if (values.accept) await writeFile(reviewed, `${JSON.stringify(endpoints, null, 2)}\n`);
  const changed = differences(JSON.parse(await readFile(reviewed, 'utf8')), endpoints);
  if (changed.length > 0) {
    throw new Error(
      [
        `The functions are others than in ${REVIEWED}:`,
        ...changed,
        'If that is meant, run with --accept.',
      ].join('\n  '),
    );
  }
  console.log(`Firebase finds ${Object.keys(endpoints).length} functions, as ${REVIEWED} has them.`);

  for (const [name, endpoint] of Object.entries(endpoints)) {
    console.log(`${name} starts: ${await firstAnswer(directory, name, endpoint)}`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true });
}
