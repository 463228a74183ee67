/** The bare proxy that the service is compared with, in a process of its own and in the runtime of a deployed function. */
import { join } from 'node:path';
import { type RunningFunction, startFunction } from '../../functions/src/testing/runtime/function-process.ts';
import type { FloorParts } from './floor-proxy.ts';
import { writeProgram } from './written-program.ts';

/** @param parts Where its Firestore and its simulator are. */
export async function startFloor(parts: FloorParts): Promise<RunningFunction> {
  const proxy = JSON.stringify(join(import.meta.dirname, 'floor-proxy.ts'));
  const program = `import { floorProxy } from ${proxy};\nexport const floor = floorProxy(${JSON.stringify(parts)});\n`;
  return startFunction('floor', {}, await writeProgram('floor', program));
}
