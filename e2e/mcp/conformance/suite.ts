/** The command line of `@modelcontextprotocol/conformance`, which offers no other way in. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const PROGRAM = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));

const checks = z.array(
  z.object({
    id: z.string(),
    status: z.enum(['SUCCESS', 'INFO', 'SKIPPED', 'WARNING', 'FAILURE']),
    errorMessage: z.string().optional(),
  }),
);

/** What one scenario found; an id may come several times. */
export type Check = z.infer<typeof checks>[number];

export interface ListedScenario {
  name: string;
  /** Protocol revisions, or `extension` alone. */
  tags: string[];
}

/** The scenarios that the installed suite has for servers or for authorization servers. */
export async function listScenarios(kind: 'server' | 'authorization'): Promise<ListedScenario[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'list', `--${kind}`]);
  return [...stdout.matchAll(/^ {2}- (\S+) \[(.+)\]$/gm)].map(([, name = '', tags = '']) => ({
    name,
    tags: tags.split(','),
  }));
}

interface RunOptions {
  /** Given each line that it prints on the way. */
  onLine?: (line: string) => void;
  /** Ends it early. */
  signal?: AbortSignal;
}

/**
 * Runs the suite and answers what it found until its end.
 * @param args For the command line, without the output directory.
 * @throws {Error} with all it printed, if it left no result.
 */
export async function runSuite(args: string[], { onLine, signal }: RunOptions = {}): Promise<Check[]> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const running = promisify(execFile)(process.execPath, [PROGRAM, ...args, '--output-dir', directory], {
      signal,
    });
    if (running.child.stdout && onLine) createInterface(running.child.stdout).on('line', onLine);
    // The exit code says only that some check failed.
    const { stdout, stderr } = await running.catch((error) => error);
    const files = (await readdir(directory, { recursive: true })).filter((file) =>
      file.endsWith('checks.json'),
    );
    if (files.length === 0) throw new Error(`The conformance suite left no result:\n${stdout}\n${stderr}`);
    const found = await Promise.all(
      files.map(async (file) => checks.parse(JSON.parse(await readFile(join(directory, file), 'utf8')))),
    );
    return found.flat();
  } finally {
    await rm(directory, { recursive: true });
  }
}
