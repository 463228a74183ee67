/** The keys of this machine: made at the first start, kept with the data. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseOauthKeys } from '../../../functions/src/oauth/provider/keys.ts';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { writeFileAtomically } from './atomic-file.ts';

/** As its files begin. */
const DATABASE = 'firestore.json';
const WHAT_TO_DO = 'Put back a copy of it, or begin anew: npm start -- --fresh.';

/**
 * The ring that seals what the database of the same folder holds: a new one would open nothing of it.
 * @throws {Error} for whoever starts the stack.
 */
export async function readVaultRing(file: string): Promise<string> {
  const names: string[] = await readdir(dirname(file)).catch(() => []);
  const hasData = names.some((name) => name.startsWith(DATABASE));
  if (hasData && !names.includes(basename(file))) {
    throw new Error(`${file} is missing, and what is kept beside it was sealed by its keys. ${WHAT_TO_DO}`);
  }
  return readKeyRing(file);
}

/** A key ring: of connections' secrets, or of passwords. @throws {Error} as above. */
export function readKeyRing(file: string): Promise<string> {
  return keptSecret(
    file,
    () => `local:${randomBytes(32).toString('base64')}`,
    (ring) => new Vault(ring),
  );
}

/** The key set of the authorization server. @throws {Error} as above. */
export function readOauthKeys(file: string): Promise<string> {
  return keptSecret(file, newOauthKeys, parseOauthKeys);
}

/** A key of each kind, as `functions/src/oauth/provider/keys.ts` wants them. */
export function newOauthKeys(): string {
  const kid = () => randomBytes(6).toString('hex');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signing = { ...privateKey.export({ format: 'jwk' }), kid: kid() };
  const sealing = { kty: 'oct', kid: kid(), k: randomBytes(32).toString('base64url') };
  return JSON.stringify({ keys: [signing, sealing] });
}

/** @param check Throws for what are no keys, as what was half written when a disk was full. */
async function keptSecret(
  file: string,
  make: () => string,
  check: (kept: string) => unknown,
): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (kept === undefined) {
    const made = make();
    await writeFileAtomically(file, made);
    return made;
  }
  try {
    check(kept.trim());
  } catch (cause) {
    throw new Error(`${file} is damaged: ${(cause as Error).message} ${WHAT_TO_DO}`, { cause });
  }
  return kept;
}
