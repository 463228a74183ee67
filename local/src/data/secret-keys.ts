/** The keys of this machine: made at the first start, kept with the data. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** A key ring: of connections' secrets, or of passwords. */
export function readKeyRing(file: string): Promise<string> {
  return keptSecret(file, () => `local:${randomBytes(32).toString('base64')}`);
}

/** The key set of the authorization server. */
export function readOauthKeys(file: string): Promise<string> {
  return keptSecret(file, newOauthKeys);
}

/** A key of each kind, as `functions/src/oauth/provider/keys.ts` wants them. */
export function newOauthKeys(): string {
  const kid = () => randomBytes(6).toString('hex');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signing = { ...privateKey.export({ format: 'jwk' }), kid: kid() };
  const sealing = { kty: 'oct', kid: kid(), k: randomBytes(32).toString('base64url') };
  return JSON.stringify({ keys: [signing, sealing] });
}

async function keptSecret(file: string, make: () => string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const made = make();
    await writeFile(file, made, { mode: 0o600, flag: 'wx' });
    return made;
  }
}
