import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** The key ring that seals connections' secrets on this machine: made at the first start, kept with the data. */
export async function readVaultKeys(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const keys = `local:${randomBytes(32).toString('base64')}`;
    await writeFile(file, keys, { mode: 0o600, flag: 'wx' });
    return keys;
  }
}
