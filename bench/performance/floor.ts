/** The bare proxy that the service is compared with, in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import type { Usage } from '../../functions/src/testing/runtime/function-process.ts';

export interface Floor {
  /** As `http://host:port`. */
  url: string;
  usage(): Promise<Pick<Usage, 'cpuMs' | 'memoryMiB'>>;
  stop(): Promise<void>;
}

const started = z.object({ port: z.number() });
const used = z.object({ userCPUTime: z.number(), systemCPUTime: z.number(), rss: z.number() });

/** @param parts Where its Firestore and its simulator are. */
export async function startFloor(parts: {
  projectId: string;
  firestoreHost: string;
  simulatorUrl: string;
}): Promise<Floor> {
  const { projectId, firestoreHost, simulatorUrl } = parts;
  const child = fork(join(import.meta.dirname, 'floor-proxy.ts'), [projectId, firestoreHost, simulatorUrl]);
  const told = async () => (await once(child, 'message'))[0];
  const { port } = started.parse(await told());
  return {
    url: `http://127.0.0.1:${port}`,
    async usage() {
      const answer = told();
      child.send('usage');
      const { userCPUTime, systemCPUTime, rss } = used.parse(await answer);
      return { cpuMs: (userCPUTime + systemCPUTime) / 1_000, memoryMiB: rss / 1_048_576 };
    },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
