import { parseArgs } from 'node:util';
import { startSimulator } from './server.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';

const HELP = `Simulator of IBKR's Client Portal Gateway and of api.ibkr.com.

Usage: node simulator/src/main.ts [options]

  --port N                  port to listen on, 0 for a free one (${DEFAULT_SETTINGS.port})
  --host ADDRESS            address to listen on (${DEFAULT_SETTINGS.host})
  --seed N                  same seed, same prices (${DEFAULT_SETTINGS.seed})
  --state FILE              keep accounts in this file over restarts
  --hours always|market     markets always open, or as in reality (${DEFAULT_SETTINGS.hours})
  --market-data realtime|delayed
                            delayed quotes say so, and orders ask about it (${DEFAULT_SETTINGS.marketData})
  --login auto|page         whether the session at the root begins logged in (${DEFAULT_SETTINGS.login})
  --pacing on|off           IBKR's request limits, per session (on)
  --penalty SECONDS         how long a session over its limits is refused (${DEFAULT_SETTINGS.penaltyMs / 1000})
  --nightly-reset on|off    sessions end at 01:00 New York time (on)
  --accounts N              accounts of each login (${DEFAULT_SETTINGS.accounts})
  --positions N             positions in a new account (${DEFAULT_SETTINGS.positions})
  --strict-oauth            refuse OAuth signatures that leave out query parameters
  --help                    this text

One session is at /v1/api. /sandbox/{id}/v1/api is another one for every id, with an account of its own.
/sim moves time and prices and orders faults; see README.md.
`;

/** A mistake on the command line, told without a stack. */
class UsageError extends Error {}

function readOptions(): Partial<Settings> | 'help' {
  const { values } = parse();
  if (values.help) return 'help';
  return {
    ...whole('port', values.port, 65_535),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...whole('seed', values.seed, Number.MAX_SAFE_INTEGER),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
    ...(values.hours === undefined ? {} : { hours: oneOf('hours', values.hours, ['always', 'market']) }),
    ...(values['market-data'] === undefined
      ? {}
      : { marketData: oneOf('market-data', values['market-data'], ['realtime', 'delayed']) }),
    ...(values.login === undefined ? {} : { login: oneOf('login', values.login, ['auto', 'page']) }),
    ...(values.pacing === undefined
      ? {}
      : { pacing: oneOf('pacing', values.pacing, ['on', 'off']) === 'on' }),
    ...(values.penalty === undefined
      ? {}
      : { penaltyMs: wholeNumber('penalty', values.penalty, 3_600) * 1_000 }),
    ...(values['nightly-reset'] === undefined
      ? {}
      : { nightlyReset: oneOf('nightly-reset', values['nightly-reset'], ['on', 'off']) === 'on' }),
    ...whole('accounts', values.accounts, 100),
    ...whole('positions', values.positions, 500),
    ...(values['strict-oauth'] ? { strictOAuth: true } : {}),
  };
}

function parse() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        seed: { type: 'string' },
        state: { type: 'string' },
        hours: { type: 'string' },
        'market-data': { type: 'string' },
        login: { type: 'string' },
        pacing: { type: 'string' },
        penalty: { type: 'string' },
        'nightly-reset': { type: 'string' },
        accounts: { type: 'string' },
        positions: { type: 'string' },
        'strict-oauth': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number > most) {
    throw new UsageError(`--${option} must be a whole number from 0 to ${most}, not '${text}'`);
  }
  return number;
}

function whole(
  option: 'port' | 'seed' | 'accounts' | 'positions',
  text: string | undefined,
  most: number,
): Partial<Settings> {
  return text === undefined ? {} : { [option]: wholeNumber(option, text, most) };
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw new UsageError(`--${option} must be ${allowed.join(' or ')}, not '${text}'`);
  return found;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const simulator = await startSimulator(options);
  process.stdout.write(`simulator ready: http://localhost:${simulator.port}\n`);
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      simulator.close().then(() => process.exit(0), fail);
    });
  }
}

function fail(error: unknown): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const reason = isTaken
    ? 'the port is taken by another program; stop it or choose another with --port'
    : error instanceof Error
      ? error.message
      : String(error);
  process.stderr.write(`simulator: ${reason}\n${error instanceof UsageError ? 'Try --help.\n' : ''}`);
  process.exit(1);
}

main().catch(fail);
