import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { REGIONS } from './market/region.ts';
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
  --lines N                 contracts with market data at a time, per user (${DEFAULT_SETTINGS.marketDataLines})
  --pacing on|off           IBKR's request limits, per session (on)
  --penalty SECONDS         how long a session over its limits is refused (${DEFAULT_SETTINGS.penaltyMs / 1000})
  --nightly-reset on|off    sessions end at 01:00 of the region (on)
  --region america|europe|asia
                            where logins are served from (${DEFAULT_SETTINGS.region})
  --accounts N              accounts of each login (${DEFAULT_SETTINGS.accounts})
  --groups NAMES            groups of each login, which is an advisor's then; separated by commas
  --profiles NAMES          the same with profiles
  --positions N             positions in a new account (${DEFAULT_SETTINGS.positions})
  --sandboxes N             how many there may be where there is a key (${DEFAULT_SETTINGS.sandboxes})
  --key-file FILE           what callers have to show is in there, for a simulator that others can reach
  --control on|off          off for a simulator that others can reach: no /sim (on)
  --strict-oauth            refuse OAuth signatures that leave out query parameters
  --help                    this text

One session is at /v1/api. /sandbox/{id}/v1/api is another one for every id, with an account of its own.
/sim moves time and prices and orders faults; see README.md.
`;

const SHORTEST_KEY = 32;

/** A mistake on the command line, told without a stack. */
class UsageError extends Error {}

function readOptions(): Partial<Settings> | 'help' {
  const { values } = parse();
  if (values.help) return 'help';
  const penalty = wholeNumber('penalty', values.penalty, 3_600);
  return given({
    port: wholeNumber('port', values.port, 65_535),
    host: values.host,
    seed: wholeNumber('seed', values.seed, Number.MAX_SAFE_INTEGER),
    stateFile: values.state,
    hours: oneOf('hours', values.hours, ['always', 'market']),
    marketData: oneOf('market-data', values['market-data'], ['realtime', 'delayed']),
    marketDataLines: wholeNumber('lines', values.lines, 10_000),
    login: oneOf('login', values.login, ['auto', 'page']),
    pacing: isOn('pacing', values.pacing),
    penaltyMs: penalty === undefined ? undefined : penalty * 1_000,
    nightlyReset: isOn('nightly-reset', values['nightly-reset']),
    region: oneOf('region', values.region, REGIONS),
    accounts: wholeNumber('accounts', values.accounts, 100),
    groups: names('groups', values.groups),
    profiles: names('profiles', values.profiles),
    positions: wholeNumber('positions', values.positions, 500),
    strictOAuth: values['strict-oauth'],
    sandboxes: wholeNumber('sandboxes', values.sandboxes, 1_000_000),
    key: values['key-file'] === undefined ? undefined : readKey(values['key-file']),
    control: isOn('control', values.control),
  });
}

/** Leaves out what was not asked for, which then has its default. */
function given(options: { [Name in keyof Settings]?: Settings[Name] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
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
        lines: { type: 'string' },
        login: { type: 'string' },
        pacing: { type: 'string' },
        penalty: { type: 'string' },
        'nightly-reset': { type: 'string' },
        region: { type: 'string' },
        accounts: { type: 'string' },
        groups: { type: 'string' },
        profiles: { type: 'string' },
        positions: { type: 'string' },
        'strict-oauth': { type: 'boolean' },
        sandboxes: { type: 'string' },
        'key-file': { type: 'string' },
        control: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Arguments of a program are seen by others on its machine; its files need not be. */
function readKey(file: string): string {
  const key = readFileSync(file, 'utf8').trim();
  if (key.length < SHORTEST_KEY)
    throw new UsageError(`the key in ${file} is shorter than ${SHORTEST_KEY} characters`);
  return key;
}

function wholeNumber(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number > most) {
    throw new UsageError(`--${option} must be a whole number from 0 to ${most}, not '${text}'`);
  }
  return number;
}

function names(option: string, text: string | undefined): string[] | undefined {
  const found = text?.split(',');
  if (found?.includes(''))
    throw new UsageError(`--${option} must be names with commas between, not '${text}'`);
  return found;
}

function oneOf<T extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((each) => each === text);
  if (text !== undefined && found === undefined) {
    throw new UsageError(`--${option} must be ${allowed.join(' or ')}, not '${text}'`);
  }
  return found;
}

function isOn(option: string, text: string | undefined): boolean | undefined {
  const found = oneOf(option, text, ['on', 'off']);
  return found === undefined ? undefined : found === 'on';
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
