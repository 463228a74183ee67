/** The bare proxy that the service is compared with, in a process of its own and in the runtime of a deployed function. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningFunction, startFunction } from '../../functions/src/testing/runtime/function-process.ts';
import type { FloorParts } from './floor-proxy.ts';

const FOLDER = join(import.meta.dirname, '../../.data/floor');

/** @param parts Where its Firestore and its simulator are. */
export async function startFloor(parts: FloorParts): Promise<RunningFunction> {
  const program = join(import.meta.dirname, 'floor-proxy.ts');
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
  await writeFile(
    join(FOLDER, 'index.js'),
    `import { floorProxy } from ${JSON.stringify(program)};\nexport const floor = floorProxy(${JSON.stringify(parts)});\n`,
  );
  return startFunction('floor', {}, FOLDER);
}
