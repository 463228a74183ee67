/** The database and key ring that a program for operators works on: of a deployment, or of the stack of this machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { kmsDecrypt } from '../../../functions/src/cloud-kms.ts';
import { openKeyRing } from '../../../functions/src/key-ring.ts';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { givenVaultKeys, useLocalFirestore } from '../config.ts';
import { readDemo } from '../data/demo-file.ts';
import { PROJECT_ID } from '../emulators.ts';

/** Options of such programs, for `parseArgs`. */
export const ACCESS_OPTIONS = {
  project: { type: 'string' },
  data: { type: 'string', default: '.data' },
} as const;

export const ACCESS_HELP = `\
  --project NAME   a deployment, as who you are signed in as (gcloud auth application-default login), with its key
                   ring in the environment as VAULT_KEYS; without it the stack that runs on this machine
  --data DIR       where that stack keeps its data (.data)`;

/** @throws {Error} for the operator: what is missing. */
export async function operatorAccess(options: {
  project?: string | undefined;
  data: string;
}): Promise<{ db: Firestore; vault: Vault }> {
  const { project, ring } =
    options.project === undefined
      ? await localStack(options.data)
      : { project: options.project, ring: givenVaultKeys() };
  if (!ring) throw new Error('VAULT_KEYS is missing: it has to be the key ring of the deployment.');
  const vault = new Vault(await openKeyRing(ring.trim(), kmsDecrypt));
  return { db: getFirestore(initializeApp({ projectId: project })), vault };
}

/** The stack of this machine, with the ring that it reads at its start. */
async function localStack(directory: string): Promise<{ project: string; ring: string }> {
  const demo = await readDemo(join(directory, 'demo.json'));
  if (demo === undefined)
    throw new Error(`No stack keeps its data in ${directory}; --project names a deployment.`);
  useLocalFirestore(demo.firestoreEmulator);
  return { project: PROJECT_ID, ring: await readFile(join(directory, 'vault-keys'), 'utf8') };
}
