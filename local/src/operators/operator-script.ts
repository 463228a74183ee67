/** Test support: scripts of operators, run against a database of a test as an operator runs them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Firestore } from 'firebase-admin/firestore';
import { useFirestore } from '../../../functions/src/testing/firestore.ts';

/** A script that runs; its output is to be read. */
export interface StartedScript {
  stdout: Readable;
  stderr: Readable;
  kill(): Promise<void>;
  /** What it came to, of output that nobody has read yet. */
  ended(): Promise<{ code: number | null; out: string; errors: string }>;
}

/**
 * Runs one database for the tests of a file. Call it at the top of the file.
 * @param file Of the script, beside this one.
 * @param signInRing Of passwords.
 * @returns what starts the script; `ring` is the vault's key ring, undefined: there is none.
 */
export function useOperatorScript(
  file: string,
  use: (db: Firestore) => void,
  signInRing?: string,
): (ring: string | undefined, ...options: string[]) => StartedScript {
  let firestoreHost: string;
  useFirestore((db, host) => {
    firestoreHost = host;
    use(db);
  });
  return (ring, ...options) => {
    const program = join(import.meta.dirname, file);
    const child = spawn(process.execPath, [program, '--project', 'demo-test', ...options], {
      env: {
        METADATA_SERVER_DETECTION: 'none',
        FIRESTORE_EMULATOR_HOST: firestoreHost,
        ...(ring !== undefined && { VAULT_KEYS: ring }),
        ...(signInRing !== undefined && { SIGN_IN_KEYS: signInRing }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(child, 'exit');
    const { stdout, stderr } = child;
    return {
      stdout,
      stderr,
      kill: async () => {
        child.kill('SIGKILL');
        await exit;
      },
      ended: async () => {
        const [out, errors, [code]] = await Promise.all([text(stdout), text(stderr), exit]);
        return { code, out, errors };
      },
    };
  };
}
