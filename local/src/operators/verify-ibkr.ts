/**
 * `npm run verify:ibkr -- managed`: what its owner runs on a paper account to see whether signing in by name and password
 * works at IBKR itself. Its report has no secret in it.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { type AccountList, getAccounts } from '../../../functions/src/broker/accounts/accounts.ts';
import { getPositions } from '../../../functions/src/broker/accounts/portfolio.ts';
import { resolveContract } from '../../../functions/src/broker/contracts/contract-resolution.ts';
import { BrokerError } from '../../../functions/src/broker/errors.ts';
import { getQuotes } from '../../../functions/src/broker/market/market-data.ts';
import {
  cancelOrder,
  type OrderOutcome,
  type OrderTicket,
  placeOrder,
  replyToQuestion,
} from '../../../functions/src/broker/orders/orders.ts';
import { IbkrConnection } from '../../../functions/src/broker/session/connection.ts';
import { inMemorySessionStore } from '../../../functions/src/broker/session/session-store.ts';
import { NO_ATTEMPTS } from '../../../functions/src/broker/sign-in/attempts.ts';
import {
  type ManagedCredentials,
  parseManagedCredentials,
} from '../../../functions/src/broker/sign-in/managed-credentials.ts';
import {
  type AttemptsStore,
  letSignIn,
  type ManagedOptions,
  managedSession,
} from '../../../functions/src/broker/sign-in/managed-login.ts';
import { managedTransport } from '../../../functions/src/broker/sign-in/managed-transport.ts';
import type { OwnersAct, UnfinishedStore } from '../../../functions/src/broker/sign-in/second-factor.ts';
import type { LiveSession } from '../../../functions/src/broker/transport/login.ts';
import { inWords, wordsOf } from '../../../functions/src/connections/broker-words.ts';

const HELP = `npm run verify:ibkr -- managed [options]

Signs in to IBKR once with your username and password, reads accounts, positions and a quote, and after asking places one
order to buy a share of SPY for a dollar and cancels it. It ends at the first step that fails, and tries nothing twice.
Use a paper account. Nothing is stored but the report, which has no secret and no account number in it.

  --report FILE    where the report goes (ibkr-report.json)
  --live           the user is of a live account
  --sign-in URL    something on this machine that plays IBKR, such as http://localhost:4290
  --help           this text`;

const ORDER_PRICE = 1;

interface Step {
  step: string;
  ok: boolean;
  tookMs: number;
  found: string;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      report: { type: 'string', default: 'ibkr-report.json' },
      live: { type: 'boolean', default: false },
      'sign-in': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals[0] !== 'managed') {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const connection = open(await entered(), values.live, values['sign-in']);
  const steps: Step[] = [];
  try {
    await verify(connection, steps);
  } finally {
    await connection.close();
    await writeFile(values.report, `${JSON.stringify({ at: new Date().toISOString(), steps }, null, 2)}\n`);
    console.log(`The report is in ${values.report}.`);
  }
  return steps.every(({ ok }) => ok) ? 0 : 1;
}

interface Entered {
  username: string;
  password: string;
  totpSecret: string;
  code: string;
}

async function entered(): Promise<Entered> {
  const username = await ask('IBKR username: ');
  const password = await ask('Password (not shown): ', true);
  const totpSecret = await ask(
    'Activation code of the authenticator app, empty for none (not shown): ',
    true,
  );
  const code = totpSecret === '' ? await ask('Code of the app now, empty if IBKR asks for none: ') : '';
  return { username, password, totpSecret, code };
}

function open({ username, password, totpSecret, code }: Entered, isLive: boolean, signInUrl?: string) {
  const input = {
    username,
    password,
    ...(totpSecret !== '' && { totpSecret }),
    ...(signInUrl !== undefined && { signInUrl }),
  };
  const credentials = parseManagedCredentials(input, !isLive, { localMode: signInUrl !== undefined });
  const options = {
    attempts: attemptsOfThisRun(),
    connectionId: `verify ${username.toLowerCase()}`,
    owner: 'operator',
    unfinished: unfinishedOfThisRun(),
  };
  const act: OwnersAct = code === '' ? { act: 'ask' } : { act: 'code', code };
  const transport = managedTransport(() => signedIn(credentials, options, act));
  return new IbkrConnection({ transport, login: transport, store: inMemorySessionStore() });
}

/** One sign-in, with what its person has to do for it on the way. */
async function signedIn(
  credentials: ManagedCredentials,
  options: ManagedOptions,
  act: OwnersAct,
): Promise<LiveSession> {
  try {
    return await managedSession(credentials, { ...options, act });
  } catch (error) {
    const problem = error instanceof BrokerError ? error.problem : undefined;
    if (problem === undefined || !('isSent' in problem) || !problem.isSent || problem.isRefused) throw error;
    const { message } = wordsOf(error as BrokerError);
    const isYes = problem.name === 'approval_wanted' && problem.challenge === null;
    const typed = await ask(`${message} ${isYes ? 'Press Enter when you have: ' : 'It is: '}`);
    await letSignIn(options.attempts, options.connectionId, options.owner);
    return await signedIn(credentials, options, isYes ? { act: 'look' } : { act: 'code', code: typed });
  }
}

function unfinishedOfThisRun(): UnfinishedStore {
  let kept: Uint8Array | null = null;
  return {
    read: async () => kept,
    write: async (state) => {
      kept = state;
    },
  };
}

function attemptsOfThisRun(): AttemptsStore {
  let all = NO_ATTEMPTS;
  return {
    async change(next) {
      const { known, result } = next(all, Date.now());
      all = known ?? all;
      return result;
    },
  };
}

async function verify(connection: IbkrConnection, steps: Step[]): Promise<void> {
  const client = () => connection.client({ budgetMs: 120_000 });
  const list = await tried(steps, 'sign in and list the accounts', () => getAccounts(client()), told);
  const [account] = list?.accounts ?? [];
  if (account === undefined) return;
  const { accountId } = account;
  const positions = () => getPositions(client(), accountId);
  if (!(await tried(steps, 'read positions', positions, (found) => `${found.positions.length} positions`)))
    return;
  const spy = await tried(
    steps,
    'find SPY',
    () => resolveContract(client(), { symbol: 'SPY' }),
    () => 'found',
  );
  if (spy === undefined) return;
  const quote = () => getQuotes(client(), [spy.conid]);
  await tried(steps, 'read a quote', quote, ([found]) => (found?.last == null ? 'no price' : 'a price'));

  if (await isYes(`Place an order to buy 1 SPY at ${ORDER_PRICE} dollar, and cancel it at once?`)) {
    await placeAndCancel(connection, steps, accountId, spy.conid);
  }
}

async function placeAndCancel(
  connection: IbkrConnection,
  steps: Step[],
  accountId: string,
  conid: number,
): Promise<void> {
  const client = () => connection.client({ budgetMs: 120_000 });
  const ticket: OrderTicket = {
    conid,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    limitPrice: ORDER_PRICE,
    tif: 'DAY',
    clientOrderId: randomUUID(),
  };
  const kindOf = ({ kind }: OrderOutcome) => kind;
  let outcome = await tried(steps, 'place an order', () => placeOrder(client(), accountId, ticket), kindOf);
  while (outcome?.kind === 'question') {
    const { replyId, messages } = outcome;
    console.log(messages.join('\n'));
    const yes = await isYes('IBKR asks this. Go on?');
    outcome = await tried(steps, 'answer', () => replyToQuestion(client(), replyId, yes, [ticket]), kindOf);
    if (!yes) return;
  }
  if (outcome?.kind !== 'accepted') {
    console.log('Look in IBKR’s own app whether an order for SPY is there.');
    return;
  }
  const { orderId } = outcome;
  await tried(
    steps,
    'cancel it',
    () => cancelOrder(client(), accountId, orderId),
    () => 'asked for',
  );
}

async function isYes(question: string): Promise<boolean> {
  return (await ask(`${question} (yes/no) `)) === 'yes';
}

function told({ accounts, isPaper }: AccountList): string {
  return `${accounts.length} accounts, ${isPaper ? 'paper' : 'live'}`;
}

/** Runs one step and notes what came of it. @returns undefined when it failed. */
async function tried<Found>(
  steps: Step[],
  step: string,
  run: () => Promise<Found>,
  words: (found: Found) => string,
): Promise<Found | undefined> {
  const from = Date.now();
  const note = (ok: boolean, found: string) => {
    steps.push({ step, ok, tookMs: Date.now() - from, found });
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${step}: ${found}`);
  };
  try {
    const found = await run();
    note(true, words(found));
    return found;
  } catch (caught) {
    const error = inWords(caught);
    note(false, error instanceof Error ? error.message : 'unknown');
    return undefined;
  }
}

let isShown = true;
const typed = createInterface({
  input: process.stdin,
  output: new Writable({
    write(chunk, _encoding, done) {
      if (isShown) process.stdout.write(chunk);
      done();
    },
  }),
  terminal: process.stdin.isTTY === true,
});
const lines = typed[Symbol.asyncIterator]();

/** @param isSecret It does not appear as it is typed. */
async function ask(question: string, isSecret = false): Promise<string> {
  process.stdout.write(question);
  isShown = !isSecret;
  const { value = '' } = await lines.next();
  isShown = true;
  if (isSecret) process.stdout.write('\n');
  return value.trim();
}

main().then(
  (code) => process.exit(code),
  (caught) => {
    const error = inWords(caught);
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
