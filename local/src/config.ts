/** What the stack takes from, and gives to, the environment of processes. */
import { delimiter, dirname, join } from 'node:path';

/** Would lead a child, or the Admin SDK in it, to somebody's real cloud project or another stack. */
const LEFT_OUT = [
  'FIREBASE_AUTH_EMULATOR_HOST',
  'FIREBASE_CONFIG',
  'FIREBASE_TOKEN',
  'FIRESTORE_EMULATOR_HOST',
  'GCLOUD_PROJECT',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CLOUD_PROJECT',
  // A test runner's would have the pages built for development.
  'NODE_ENV',
];

const EXIT_WITH_PARENT = new URL('./exit-with-parent.ts', import.meta.url).href;
/** Loaded with `--import`, it has a process write down what Node.js compiled before it ends. */
export const KEEP_COMPILED = new URL('./keep-compiled.ts', import.meta.url).href;
/** What Node.js compiled, for whatever is started next: half of what a start takes. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled');

/** Has children of this very process that are started otherwise find it too: a test runner's workers. */
export function shareCompiled(): void {
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
}

/**
 * Has children of this very process collect garbage less often: a test runner's workers make much and keep little. With
 * the usual 16 MiB for new objects they spent a tenth to a quarter more of the processor. There are more of them than
 * cores: the four threads that help each to collect and to compile would take a twentieth more than one.
 */
export function collectLessOften(): void {
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS, '--max-semi-space-size=32', '--v8-pool-size=1']
    .filter(Boolean)
    .join(' ');
}

/** Nobody collects what Firestore's client would trace: its spans take a twentieth of a process that mostly calls it. */
const NO_TRACES = { FIRESTORE_ENABLE_TRACING: 'OFF' };

/** Has this very process, and its children that are started otherwise, make no traces. */
export function leaveOutTraces(): void {
  Object.assign(process.env, NO_TRACES);
}

/** The environment every child starts with; `additions` come on top. */
export function childEnvironment(additions: Record<string, string> = {}): NodeJS.ProcessEnv {
  const inherited = { ...process.env };
  for (const name of LEFT_OUT) delete inherited[name];
  return {
    ...inherited,
    // The Functions emulator runs the `node` it finds on the path: it shall be this one.
    PATH: [dirname(process.execPath), inherited.PATH].join(delimiter),
    // These reach grandchildren too, which is where the functions run.
    NODE_OPTIONS: [inherited.NODE_OPTIONS, `--import=${EXIT_WITH_PARENT}`, `--import=${KEEP_COMPILED}`]
      .filter(Boolean)
      .join(' '),
    NODE_COMPILE_CACHE: inherited.NODE_COMPILE_CACHE ?? COMPILED,
    METADATA_SERVER_DETECTION: 'none',
    ...NO_TRACES,
    ...additions,
  };
}

/** Keeps Google's client libraries in this very process from looking for a metadata server first. */
export function skipMetadataServer(): void {
  process.env.METADATA_SERVER_DETECTION = 'none';
}

/** Whether npm runs this program. Told to end, npm ends the shell in between but not us. */
export function isRunByNpm(): boolean {
  return process.env.npm_lifecycle_event !== undefined;
}

/** Has Google's client libraries in this very process use a Firestore of this machine, `host:port`. */
export function useLocalFirestore(address: string): void {
  skipMetadataServer();
  process.env.FIRESTORE_EMULATOR_HOST = address;
}

/** The key rings of a deployment, as whoever runs a program on it gives them. */
export function givenKeys(): { vaultKeys: string | undefined; signInKeys: string | undefined } {
  return { vaultKeys: process.env.VAULT_KEYS, signInKeys: process.env.SIGN_IN_KEYS };
}

/** An API key of a gateway, as whoever looks at it from outside gives it. */
export function givenApiKey(): string | undefined {
  return process.env.GATEWAY_API_KEY?.trim() || undefined;
}

/** For programs that would ask whoever runs them: they fail instead, and say what is missing. */
export function unattended(): NodeJS.ProcessEnv {
  return { ...process.env, CLOUDSDK_CORE_DISABLE_PROMPTS: '1' };
}
