import { join } from 'node:path';
import { Child } from './child-process.ts';
import { childEnvironment } from './config.ts';
import { type DataDirectory, openDataDirectory } from './data/data-directory.ts';
import { type Demo, readDemo, writeDemo } from './data/demo-file.ts';
import { demoSignIn } from './data/demo-sign-in.ts';
import { readKeyRing, readOauthKeys, readVaultRing } from './data/secret-keys.ts';
import { seed } from './data/seed.ts';
import { type EmulatorName, PROJECT_ID, startEmulators } from './emulators.ts';
import { startHost } from './host/host.ts';
import { Parts } from './parts.ts';
import { assertPortFree, freePorts } from './ports.ts';
import { MINUTE_MS, runSchedule } from './schedule.ts';
import { buildWebWhenStale } from './web-build.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** The first request loads the functions' code, on a machine that may have much else to do. */
const FIRST_ANSWER_TIMEOUT_MS = 180_000;

export interface StackOptions {
  /** Of the public origin; 0 takes a free one. */
  port: number;
  /** Of the simulator; 0 takes a free one. */
  simulatorPort: number;
  dataDir: string;
  /** Throws away what a stack has left in `dataDir`. */
  fresh?: boolean;
  /** Functions and Hosting in Firebase's emulators, at many times the cost of the one process that else serves them. */
  firebaseEmulators?: boolean;
  /** Where the one process loads the functions from: a bundle's `index.js` instead of the sources. */
  functions?: string;
  /** Users in common with other stacks. */
  users?: {
    /** The Auth emulator of another stack, as `host:port`. */
    authEmulator?: string;
    /** The public origins of the stacks that take this one's. */
    sharedWith?: readonly string[];
  };
  /** Firebase's own Firestore emulator instead of ours: needs Java, and network the first time. */
  officialFirestore?: boolean;
  /** Where the simulated IBKR serves the logins from, whose nights interrupt them; its own default where left out. */
  region?: string;
  /** How often the functions of the schedule are called; once a minute, as deployed. */
  scheduleMs?: number;
  /** Told in a line what went wrong without ending the stack. */
  onLine?: (line: string) => void;
  /** Gives up the start. */
  signal?: AbortSignal;
}

export interface Stack {
  origin: string;
  demo: Demo;
  /** Never resolves; rejects, saying why, when a part of the stack ended by itself. */
  failed: Promise<never>;
  /** Ends every part and saves the data, within 10 s. */
  stop(): Promise<void>;
}

/**
 * Starts the whole service on this machine and resolves once a request through it is answered.
 *
 * @throws Error naming what prevented it, after ending what had been started.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const ports = await choosePorts(options);
  const data = await openDataDirectory(options.dataDir, { fresh: options.fresh ?? false });
  const parts = new Parts();
  const cleanUps = [data.release];
  const schedule = new AbortController();
  const stop = async () => {
    schedule.abort();
    await parts.stop();
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  };
  try {
    // Before anything is started that would have to be ended again.
    const keys = {
      VAULT_KEYS: await readVaultRing(data.vaultFile),
      SIGN_IN_KEYS: await readKeyRing(data.signInKeysFile),
      OAUTH_KEYS: await readOauthKeys(data.oauthKeysFile),
    };
    const { origin, ...addresses } = addressesOf(ports, options.users?.authEmulator);
    const onLine = options.onLine ?? (() => {});
    const simulator = startSimulator(ports.simulator, data, options.region);
    // It stands in for IBKR, whose outages the service has to live through.
    parts.add('writers', simulator.child, ({ message }) => {
      onLine(`${message}\nThe rest goes on. To bring it back: ${simulator.command}`);
    });
    const firestore = options.officialFirestore ? undefined : startFirestore(ports.firestore, data, onLine);
    if (firestore) parts.add('stores', firestore.child);
    const { simulator: _, firestore: officialFirestore, ...emulatorPorts } = ports;
    const env = {
      PUBLIC_ORIGIN: origin,
      SIMULATOR_URL: `http://${addresses.simulator}`,
      FIRESTORE_EMULATOR_HOST: addresses.firestoreEmulator,
      LOCAL_MODE: 'true',
      CALLS_PER_MINUTE: '60000',
      SIGN_IN_URL: `http://127.0.0.1:${ports.functions}/${PROJECT_ID}/us-central1/signIn`,
      ...keys,
    };
    const only = emulatorsOf(options);
    const emulators =
      only.length === 0
        ? undefined
        : await startEmulators({
            repository: REPOSITORY,
            only,
            ports: { ...emulatorPorts, ...(firestore ? {} : { firestore: officialFirestore }) },
            data,
            env,
            pages: [origin, ...(options.users?.sharedWith ?? [])],
            onAlarm: onLine,
          });
    if (emulators) {
      parts.add('writers', emulators.child);
      cleanUps.unshift(emulators.cleanUp);
    }
    const { authEmulator } = addresses;
    const host = options.firebaseEmulators
      ? undefined
      : startHost({ ports, authEmulator, data, env, functions: options.functions });
    if (host) parts.add('writers', host.child);

    const ready = async () => {
      await Promise.all([
        buildWebWhenStale(join(REPOSITORY, 'web')),
        simulator.ready,
        firestore?.ready,
        emulators?.ready,
        host?.ready,
      ]);
      const previous = await readDemo(data.demoFile);
      const [seeded, managed] = await Promise.all([
        seed({ ...addresses, previous }),
        demoSignIn(addresses.simulator),
        firstAnswer(`${origin}/mcp`),
      ]);
      return { origin, ...seeded, ...addresses, managed };
    };
    const demo = await Promise.race([ready(), parts.failed, aborted(options.signal)]);
    await writeDemo(data.demoFile, demo);
    void runSchedule({
      functionsEmulator: `http://127.0.0.1:${ports.functions}`,
      projectId: PROJECT_ID,
      everyMs: options.scheduleMs ?? MINUTE_MS,
      onAlarm: onLine,
      signal: schedule.signal,
    });
    return { origin, demo, failed: parts.failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Ports = Record<
  'hosting' | 'simulator' | 'firestore' | 'auth' | 'functions' | 'hub' | 'logging' | 'eventarc' | 'tasks',
  number
>;

/** Only the two that people type are fixed: everything else finds its own, so that stacks can run side by side. */
async function choosePorts({ port, simulatorPort }: StackOptions): Promise<Ports> {
  if (port) await assertPortFree(port, { name: 'the public address', option: '--port' });
  if (simulatorPort)
    await assertPortFree(simulatorPort, { name: 'the simulator', option: '--simulator-port' });
  const free = await freePorts(9);
  const next = () => free.pop() ?? 0;
  return {
    hosting: port || next(),
    simulator: simulatorPort || next(),
    firestore: next(),
    auth: next(),
    functions: next(),
    hub: next(),
    logging: next(),
    eventarc: next(),
    tasks: next(),
  };
}

/** Which of Firebase's emulators a stack starts for itself. */
function emulatorsOf({ firebaseEmulators, users, officialFirestore }: StackOptions): EmulatorName[] {
  const names: EmulatorName[] = users?.authEmulator === undefined ? ['auth'] : [];
  if (firebaseEmulators) names.push('functions', 'hosting');
  if (officialFirestore) names.push('firestore');
  return names;
}

function addressesOf(
  ports: Ports,
  authEmulator = `127.0.0.1:${ports.auth}`,
): Pick<Demo, 'origin' | 'simulator' | 'authEmulator' | 'firestoreEmulator'> {
  return {
    origin: `http://localhost:${ports.hosting}`,
    simulator: `127.0.0.1:${ports.simulator}`,
    authEmulator,
    firestoreEmulator: `127.0.0.1:${ports.firestore}`,
  };
}

function startSimulator(
  port: number,
  data: DataDirectory,
  region: string | undefined,
): { child: Child; ready: Promise<unknown>; command: string } {
  const args = ['--port', String(port), '--state', data.simulatorFile];
  if (region !== undefined) args.push('--region', region);
  const child = new Child({
    name: 'simulator',
    program: join(REPOSITORY, 'simulator/src/main.ts'),
    args,
    env: childEnvironment(),
    logFile: data.logFile('simulator'),
  });
  return {
    child,
    ready: child.prints(/^simulator ready: /),
    command: `npm run simulator -- ${args.join(' ')}`,
  };
}

function startFirestore(
  port: number,
  data: DataDirectory,
  onLine: (line: string) => void,
): { child: Child; ready: Promise<unknown> } {
  const child = new Child({
    name: 'Firestore server',
    program: join(import.meta.dirname, 'firestore/main.ts'),
    args: ['--port', String(port), '--file', data.firestoreFile],
    env: childEnvironment(),
    logFile: data.logFile('firestore'),
    alarm: { pattern: /^Saving failed/, raise: (line) => onLine(`Firestore: ${line}`) },
  });
  return { child, ready: child.prints(/^firestore ready: /) };
}

/** Proves that Hosting reaches a function that works, and has its code loaded for the first user. */
async function firstAnswer(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FIRST_ANSWER_TIMEOUT_MS) });
  const text = await response.text();
  if (response.status === 404 || response.status >= 500) {
    throw new Error(`The service does not work: ${url} answered ${response.status} ${text.slice(0, 200)}`);
  }
}

/** Rejects when the signal is given; otherwise never ends. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
