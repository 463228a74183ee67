/** Starts the functions and Hosting as one child, with what the emulators would tell the functions. */
import { join } from 'node:path';
import { Child } from '../child-process.ts';
import { childEnvironment } from '../config.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import { PROJECT_ID } from '../emulators.ts';

/**
 * @param options.ports `functions` answers what `schedule.ts` asks of the Functions emulator.
 * @param options.authEmulator `host:port`.
 * @param options.env what the functions find in their environment besides.
 * @param options.functions the file to load them from, instead of the sources'.
 */
export function startHost(options: {
  ports: { hosting: number; functions: number };
  authEmulator: string;
  data: DataDirectory;
  env: Record<string, string>;
  functions?: string | undefined;
}): { child: Child; ready: Promise<unknown> } {
  const { ports, authEmulator, data, env, functions } = options;
  const child = new Child({
    name: 'host of the functions',
    program: join(import.meta.dirname, 'main.ts'),
    args: [
      ...['--port', String(ports.hosting)],
      ...['--platform-port', String(ports.functions)],
      ...['--auth-emulator', authEmulator],
      ...(functions === undefined ? [] : ['--functions', functions]),
    ],
    env: childEnvironment({
      FUNCTIONS_EMULATOR: 'true',
      // As deployed: the runtime then shows nobody its stack traces.
      NODE_ENV: 'production',
      TZ: 'UTC',
      GCLOUD_PROJECT: PROJECT_ID,
      FIREBASE_CONFIG: JSON.stringify({ projectId: PROJECT_ID }),
      FIREBASE_AUTH_EMULATOR_HOST: authEmulator,
      CLOUD_TASKS_EMULATOR_HOST: `127.0.0.1:${ports.functions}`,
      ...env,
    }),
    logFile: data.logFile('host'),
  });
  return { child, ready: child.prints(/^host ready: /) };
}
