import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { Child } from './child-process.ts';
import { childEnvironment } from './config.ts';
import type { DataDirectory } from './data/data-directory.ts';
import { makeTemporaryDirectory } from './data/temporary-directory.ts';

/** The Firebase CLI treats projects named `demo-…` as existing nowhere but here. */
export const PROJECT_ID = 'demo-ibkr-gateway';

const HOST = '127.0.0.1';

export type EmulatorName = 'auth' | 'functions' | 'hosting' | 'firestore';

export interface EmulatorPorts {
  hosting: number;
  auth: number;
  functions: number;
  hub: number;
  logging: number;
  eventarc: number;
  tasks: number;
  /** Only when Firebase's own Firestore emulator takes the place of ours. */
  firestore?: number;
}

export interface Emulators {
  child: Child;
  /** Resolves when all emulators run; rejects when the child dies or the functions cannot be loaded. */
  ready: Promise<void>;
  /** Removes the files the emulators were started with. */
  cleanUp(): Promise<void>;
}

/**
 * Starts Firebase's emulators as one child.
 *
 * @param options.repository where `firebase.json` is.
 * @param options.only which of them.
 * @param options.env what the functions find in their environment.
 * @param options.pages the origins of the pages that may call them.
 */
export async function startEmulators(options: {
  repository: string;
  only: readonly EmulatorName[];
  ports: EmulatorPorts;
  data: DataDirectory;
  env: Record<string, string>;
  pages: readonly string[];
  /** Told in a line when changed functions cannot be loaded. */
  onAlarm: (line: string) => void;
}): Promise<Emulators> {
  const { repository, only, ports, data } = options;
  const configFile = join(repository, `.firebase-emulators-${ports.hosting}.json`);
  // The CLI leaves a file per project here by which its commands find each other: two stacks must not share
  // it. In the data directory the paths of its sockets could become too long.
  const temporary = await makeTemporaryDirectory();
  await writeConfig(repository, configFile, ports);
  await quietCli(data.cliConfigDirectory);

  const child = new Child({
    name: 'Firebase Emulator Suite',
    program: createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js'),
    args: [
      'emulators:start',
      ...['--project', PROJECT_ID],
      ...['--config', configFile],
      ...['--only', only.join(',')],
      ...(existsSync(data.emulatorsDirectory) ? ['--import', data.emulatorsDirectory] : []),
      ...['--export-on-exit', data.emulatorsDirectory],
      '--non-interactive',
    ],
    // It writes its debug log into the working directory.
    cwd: data.logsDirectory,
    env: childEnvironment({
      XDG_CONFIG_HOME: data.cliConfigDirectory,
      TMPDIR: temporary,
      NODE_ENV: 'production',
      NO_UPDATE_NOTIFIER: '1',
      // It asks npm for the newest firebase-functions and stands still for 10 s where there is no network.
      npm_config_offline: 'true',
      // Ask the functions what they are through a file: the other way takes a port and three seconds.
      FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
      ...options.env,
    }),
    imports: [ownCallers(options.pages, ports), new URL('./lazy-schemas.ts', import.meta.url).href],
    logFile: data.logFile('emulators'),
    alarm: { pattern: BROKEN_FUNCTIONS, raise: options.onAlarm },
  });
  return {
    child,
    ready: readiness(child),
    async cleanUp() {
      await rm(configFile, { force: true });
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Functions and pages judge themselves who may call them. */
function ownCallers(
  origins: readonly string[],
  { hosting: _, functions: __, ...ports }: EmulatorPorts,
): string {
  const module = new URL('./own-callers.ts', import.meta.url);
  module.search = String(
    new URLSearchParams({ origins: origins.join(), ports: Object.values(ports).join() }),
  );
  return module.href;
}

const BROKEN_FUNCTIONS = /Failed to load function definition from source/;

async function readiness(child: Child): Promise<void> {
  const broken = child.prints(BROKEN_FUNCTIONS).then(([line]) => {
    throw new Error(`The functions cannot be loaded. ${line}`);
  });
  await Promise.race([child.prints(/All emulators ready/), broken]);
}

/**
 * What `firebase.json` holds, but that pages may reach the Auth emulator besides Google's sign-in, for which it stands.
 * @param authEmulator `host:port`.
 */
export async function readFirebaseJson(
  repository: string,
  authEmulator: string,
): Promise<{ hosting: object; functions: object[]; emulators?: object }> {
  const text = await readFile(join(repository, 'firebase.json'), 'utf8');
  return JSON.parse(text.replace("connect-src 'self'", `$& http://${authEmulator}`));
}

/** The emulators take their ports from a config file, and its directory as the project's. */
async function writeConfig(repository: string, configFile: string, ports: EmulatorPorts): Promise<void> {
  const config = await readFirebaseJson(repository, `${HOST}:${ports.auth}`);
  const addresses = Object.entries(ports).map(([name, port]) => [name, { host: HOST, port }]);
  config.emulators = { ...Object.fromEntries(addresses), ui: { enabled: false } };
  // What deployed functions have in their environment is not for these, whose own they would lose by it: `.env` of there.
  const configDir = relative(repository, import.meta.dirname);
  // They load the sources anew when these change.
  config.functions = config.functions.map((each) => ({ ...each, source: 'functions', configDir }));
  await writeFile(configFile, JSON.stringify(config, null, 2));
}

/** Settings under which the CLI neither fetches news nor sends usage data. */
async function quietCli(configDirectory: string): Promise<void> {
  const directory = join(configDirectory, 'configstore');
  await mkdir(directory, { recursive: true });
  const settings = { motd: { fetched: Number.MAX_SAFE_INTEGER }, usage: false };
  await writeFile(join(directory, 'firebase-tools.json'), JSON.stringify(settings));
}
