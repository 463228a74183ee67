/** `npm run vault:rotate`: seals everything anew with the key in front of the ring, so that others can be removed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { kmsDecrypt } from '../../functions/src/cloud-kms.ts';
import { openKeyRing } from '../../functions/src/key-ring.ts';
import { countOthers, type RotationReport, resealAll } from '../../functions/src/store/rotation.ts';
import { Vault } from '../../functions/src/store/vault.ts';
import { givenVaultKeys, useLocalFirestore } from './config.ts';
import { readDemo } from './demo-file.ts';
import { PROJECT_ID } from './emulators.ts';

const HELP = `npm run vault:rotate -- [options]

Seals everything anew that is not sealed by the first key of VAULT_KEYS. It may run while the service does, and be ended
and started again. It ends with 0 when the other keys are needed no more, with 1 when something is left.

  --check          only say what is left
  --project NAME   a deployment, as who you are signed in as (gcloud auth application-default login), with its key
                   ring in the environment as VAULT_KEYS; without it the stack that runs on this machine
  --data DIR       where that stack keeps its data (.data)
  --help           this text`;

/** Of what is left, as many are named. */
const MOST_NAMED = 20;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      project: { type: 'string' },
      data: { type: 'string', default: '.data' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const given = givenVaultKeys();
  const { project, ring } =
    values.project === undefined ? await localStack(values.data) : { project: values.project, ring: given };
  if (!ring) throw new Error('VAULT_KEYS is missing: it has to be the key ring of the deployment.');
  const vault = new Vault(await openKeyRing(ring.trim(), kmsDecrypt));
  const db = getFirestore(initializeApp({ projectId: project }));
  console.log(`The key ${vault.sealingKeyId} seals.`);
  const report = values.check
    ? await countOthers(db, vault)
    : await resealAll(db, vault, ({ records, resealed }) => {
        console.log(`${records} records looked at, ${resealed} sealed anew.`);
      });
  console.log(outcome(report));
  return report.left.length === 0 ? 0 : 1;
}

/** The stack of this machine, with the ring that it reads at its start. */
async function localStack(directory: string): Promise<{ project: string; ring: string }> {
  const demo = await readDemo(join(directory, 'demo.json'));
  if (demo === undefined)
    throw new Error(`No stack keeps its data in ${directory}; --project names a deployment.`);
  useLocalFirestore(demo.firestoreEmulator);
  return { project: PROJECT_ID, ring: await readFile(join(directory, 'vault-keys'), 'utf8') };
}

function outcome({ records, left }: RotationReport): string {
  if (left.length === 0) return `Of ${records} records none needs another key. The others can be removed.`;
  const keys = [...new Set(left.flatMap(({ keyIds }) => keyIds))].sort();
  const named = left
    .slice(0, MOST_NAMED)
    .map(({ path, keyIds, reason }) => `  ${path} (${keyIds.join(', ')})${reason ? `: ${reason}` : ''}`);
  const more = left.length > MOST_NAMED ? [`  and ${left.length - MOST_NAMED} more`] : [];
  return [
    `${left.length} of ${records} records still need: ${keys.join(', ')}. Keep these keys.`,
    ...named,
    ...more,
  ].join('\n');
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(2);
  },
);
