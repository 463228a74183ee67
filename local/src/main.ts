/** `npm start`: the stack from the command line. */
import { parseArgs } from 'node:util';
import { isRunByNpm } from './config.ts';

const HELP = `npm start -- [options]

Runs the service on this machine: the functions and the pages in one process, Firebase's Auth emulator, a Firestore
and a simulated Interactive Brokers account.

  --port N              the public address is http://localhost:N (4280)
  --simulator-port N    the simulator's port (4290)
  --data DIR            where data and logs are kept (.data)
  --fresh               throw away what it has left there first
  --firebase-emulators  run functions and pages in Firebase's emulators: slower, and functions are loaded anew when
                        their code changes
  --official-firestore  use Firebase's own Firestore emulator (needs Java; downloaded the first time)
  --help                this text`;

/** One Ctrl-C reaches us twice, from the terminal and from npm. */
const SAME_SIGNAL_MS = 1000;

function parsePort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Error(`--${option} takes a number from 0 to 65535 (0 finds a free one), not "${text}".`);
}

const PARENT_CHECK_MS = 250;

/**
 * Aborts at the first signal to end, or when npm is gone; a second signal ends the process, and with it all
 * children, at once.
 */
function interruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = Date.now();
      console.log('Ending and saving …');
      controller.abort();
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  const parent = process.ppid;
  const watch = () => {
    if (process.ppid !== parent && !controller.signal.aborted) onSignal();
  };
  if (isRunByNpm()) setInterval(watch, PARENT_CHECK_MS).unref();
  return controller.signal;
}

async function main(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < 24) {
    throw new Error(`This needs Node.js 24, not ${process.version}: run "npm ci", then "npm start".`);
  }
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4280' },
      'simulator-port': { type: 'string', default: '4290' },
      data: { type: 'string', default: '.data' },
      fresh: { type: 'boolean', default: false },
      'firebase-emulators': { type: 'boolean', default: false },
      'official-firestore': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  // After the check above, and not for --help: this loads everything.
  const [{ startStack }, { guide }] = await Promise.all([import('./stack.ts'), import('./guide.ts')]).catch(
    (cause) => {
      if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause;
      throw new Error('What this needs is not installed: run "npm ci" first.', { cause });
    },
  );
  const signal = interruption();
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const starting = startStack({
    port: parsePort('port', values.port),
    simulatorPort: parsePort('simulator-port', values['simulator-port']),
    dataDir: values.data,
    fresh: values.fresh,
    firebaseEmulators: values['firebase-emulators'],
    officialFirestore: values['official-firestore'],
    onLine: (line) => console.error(line),
    signal,
  });
  try {
    const stack = await starting;
    console.log(`ready: ${stack.origin}`);
    console.log(guide(stack.demo));
    await Promise.race([ended, stack.failed]).finally(stack.stop);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
