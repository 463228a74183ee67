/** Functions that only benchmarks have, where the functions runtime finds them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @returns the folder. */
export async function writeProgram(name: string, program: string): Promise<string> {
  const folder = join(import.meta.dirname, '../../.data', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
  await writeFile(join(folder, 'index.js'), program);
  return folder;
}
