/** The database and key rings that a program for operators works on: of a deployment, or of the stack of this machine. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { kmsDecrypt } from '../../../functions/src/keys/cloud-kms.ts';
import { openKeyRing } from '../../../functions/src/keys/key-ring.ts';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { givenKeys, useLocalFirestore } from '../config.ts';
import { type Demo, readDemo } from '../data/demo-file.ts';
import { PROJECT_ID } from '../emulators.ts';

/** Options of such programs, for `parseArgs`. */
export const ACCESS_OPTIONS = {
  project: { type: 'string' },
  data: { type: 'string', default: '.data' },
} as const;

export const ACCESS_HELP = `\
  --project NAME   a deployment, as who you are signed in as (gcloud auth application-default login), with its key
                   rings in the environment (VAULT_KEYS, and SIGN_IN_KEYS where passwords are kept); without it the stack
                   that runs on this machine
  --data DIR       where that stack keeps its data (.data)`;
/** Of those that open nothing that is sealed. */
export const DATABASE_HELP = `\
  --project NAME   a deployment, as who you are signed in as (gcloud auth application-default login); without it the
                   stack that runs on this machine
  --data DIR       where that stack keeps its data (.data)`;

interface AccessOptions {
  project?: string | undefined;
  data: string;
}

/** @throws {Error} for the operator: there is no such stack. */
export async function operatorDatabase({ project, data }: AccessOptions): Promise<Firestore> {
  const projectId = project ?? (await localStack(data)).project;
  return getFirestore(initializeApp({ projectId }));
}

/** @throws {Error} for the operator: what is missing. */
export async function operatorAccess(
  options: AccessOptions,
): Promise<{ db: Firestore; vault: Vault; signInVault: Vault | undefined }> {
  const { project, vaultKeys, signInKeys } =
    options.project === undefined
      ? await localStack(options.data)
      : { project: options.project, ...givenKeys() };
  if (!vaultKeys) throw new Error('VAULT_KEYS is missing: it has to be the key ring of the deployment.');
  const opened = async (ring: string) => new Vault(await openKeyRing(ring.trim(), kmsDecrypt));
  return {
    vault: await opened(vaultKeys),
    signInVault: signInKeys ? await opened(signInKeys) : undefined,
    db: getFirestore(initializeApp({ projectId: project })),
  };
}

/** The stack of this machine, with the rings that it reads at its start. */
async function localStack(directory: string) {
  const demo: Partial<Demo> | undefined = await readDemo(join(directory, 'demo.json'));
  const [, host, port] = /^(.+):(\d+)$/.exec(demo?.firestoreEmulator ?? '') ?? [];
  if (host === undefined)
    throw new Error(`No stack keeps its data in ${directory}; --project names a deployment.`);
  // Firestore's client would try for most of a minute, and then not say what of.
  if (!(await isListening(host, Number(port))))
    throw new Error(`The stack that keeps its data in ${directory} does not run: npm start starts it.`);
  useLocalFirestore(`${host}:${port}`);
  const ring = (file: string) =>
    readFile(join(directory, file), 'utf8').catch(() => {
      throw new Error(`${join(directory, file)} cannot be read: it has the keys of that stack.`);
    });
  return {
    project: PROJECT_ID,
    vaultKeys: await ring('vault-keys'),
    signInKeys: await ring('sign-in-keys'),
  };
}

const ANSWERS_WITHIN_MS = 2_000;

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
