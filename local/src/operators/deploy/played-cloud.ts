/** Test support: a project of Google Cloud that `gcloud`, `firebase` and `npm` are played on, with what each needs to be there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Run } from './command.ts';
import { REPOSITORY } from './project.ts';

export interface CloudState {
  /** What was run, in order. */
  calls: string[];
  /** The next command that begins so fails: before it did anything, or after all was done. */
  faults: { command: string; after: boolean }[];
  billing: string | null;
  firebase: boolean;
  apis: string[];
  accounts: string[];
  /** By what they are of; `role member`. */
  bindings: Record<string, string[]>;
  databases: { name: string; locationId: string; type: string }[];
  indexes: unknown;
  /** The states of indexes, asked for one after the other; the last one stays. */
  indexStates: string[];
  backups: unknown[];
  secrets: Record<string, { state: string; value: string }[]>;
  webApps: number;
  google: unknown;
  budgets: string[];
  metrics: string[];
  /** Whom they reach. */
  channels: string[];
  alerts: string[];
  /** What functions run with: versions of secrets. */
  functions: Record<string, string>[];
  hosting: number;
  rehearsal: boolean;
}

export function emptyProject(): CloudState {
  return {
    calls: [],
    faults: [],
    billing: null,
    firebase: false,
    apis: [],
    accounts: [],
    bindings: {},
    databases: [],
    indexes: { indexes: [], fieldOverrides: [] },
    indexStates: ['READY'],
    backups: [],
    secrets: {},
    webApps: 0,
    google: null,
    budgets: [],
    metrics: [],
    channels: [],
    alerts: [],
    functions: [],
    hosting: 0,
    rehearsal: true,
  };
}

/** Runs commands on a project in this process. */
export function runOn(state: CloudState): Run {
  return async (command) => {
    const answer = play(state, [command.program, ...command.args], command.input?.make() ?? '');
    await command.answer?.take(answer);
    return answer;
  };
}

/** @throws {Error} where the command fails. */
export function play(state: CloudState, words: readonly string[], input: string): string {
  const said = words.join(' ');
  state.calls.push(said);
  const fault = state.faults.find(({ command }) => said.startsWith(command));
  state.faults = state.faults.filter((each) => each !== fault);
  if (fault?.after === false) throw new Error('ERROR: unavailable');
  const answer = answerTo(state, said, words, input);
  if (fault?.after) throw new Error('ERROR: connection lost');
  return answer;
}

function answerTo(state: CloudState, said: string, words: readonly string[], input: string): string {
  for (const [begin, api, answer] of COMMANDS) {
    if (!said.startsWith(begin)) continue;
    if (api !== null && !state.apis.includes(`${api}.googleapis.com`))
      throw new Error(`ERROR: ${api} is not enabled`);
    return answer(state, words, input);
  }
  throw new Error(`ERROR: no such command: ${said}`);
}

type Answer = (state: CloudState, words: readonly string[], input: string) => string;

/** A file of what is monitored, as gcloud reads it. */
function definitionIn(path: string): { name: string; displayName: string; text: string } {
  const text = readFileSync(join(REPOSITORY, path), 'utf8');
  return { ...(JSON.parse(text) as { name: string; displayName: string }), text };
}

/** How commands begin, the API that has to be on, and what they do. */
const COMMANDS: readonly [string, string | null, Answer][] = [
  ['gcloud auth list', null, () => 'operator@example.com\n'],
  ['gcloud projects describe', null, () => '123456\n'],
  [
    'gcloud billing projects describe',
    null,
    ({ billing }) =>
      JSON.stringify({
        billingEnabled: billing !== null,
        ...(billing !== null && { billingAccountName: `billingAccounts/${billing}` }),
      }),
  ],
  [
    'gcloud billing projects link',
    null,
    (state, words) => {
      state.billing = option(words, 'billing-account');
      return '';
    },
  ],
  [
    'gcloud billing budgets list',
    'billingbudgets',
    (state) => state.budgets.map((name) => `${name}\n`).join(''),
  ],
  [
    'gcloud billing budgets create',
    'billingbudgets',
    (state, words) => {
      state.budgets.push(option(words, 'display-name'));
      return '';
    },
  ],
  ['gcloud logging metrics list', 'logging', ({ metrics }) => metrics.join('\n')],
  [
    'gcloud logging metrics create',
    'logging',
    (state, words) => {
      const { name } = definitionIn(option(words, 'config-from-file'));
      if (words[4] !== name) throw new Error('ERROR: INVALID_ARGUMENT: the file is of another metric.');
      if (state.metrics.includes(name)) throw new Error('ERROR: ALREADY_EXISTS');
      state.metrics.push(name);
      return '';
    },
  ],
  [
    'gcloud beta monitoring channels list',
    'monitoring',
    ({ channels }) =>
      JSON.stringify(
        channels.map((email_address, n) => ({ name: `channels/${n}`, labels: { email_address } })),
      ),
  ],
  [
    'gcloud beta monitoring channels create',
    'monitoring',
    (state, words) => {
      state.channels.push(option(words, 'channel-labels').replace('email_address=', ''));
      return '';
    },
  ],
  ['gcloud monitoring policies list', 'monitoring', ({ alerts }) => alerts.join('\n')],
  [
    'gcloud monitoring policies create',
    'monitoring',
    (state, words) => {
      if (option(words, 'notification-channels') !== 'channels/0') throw new Error('ERROR: NOT_FOUND');
      const { displayName, text } = definitionIn(option(words, 'policy-from-file'));
      for (const [, metric = ''] of text.matchAll(/logging\.googleapis\.com\/user\/(\w+)/g)) {
        if (!state.metrics.includes(metric)) throw new Error('ERROR: NOT_FOUND: no such metric.');
      }
      state.alerts.push(displayName);
      return '';
    },
  ],
  ['gcloud services list', null, ({ apis }) => apis.join('\n')],
  [
    'gcloud services enable',
    null,
    (state, words) => {
      const names = words.filter((word) => word.endsWith('.googleapis.com'));
      if (state.billing === null) throw new Error('ERROR: Billing must be enabled.');
      if (names.length > 20) throw new Error('ERROR: at most 20 services.');
      state.apis.push(...names);
      return '';
    },
  ],
  ['gcloud iam service-accounts list', 'iam', ({ accounts }) => accounts.join('\n')],
  [
    'gcloud iam service-accounts create',
    'iam',
    (state, words) => {
      const email = `${words[4]}@${option(words, 'project')}.iam.gserviceaccount.com`;
      if (state.accounts.includes(email)) throw new Error('ERROR: ALREADY_EXISTS');
      state.accounts.push(email);
      return '';
    },
  ],
  ['gcloud iam service-accounts get-iam-policy', 'iam', (state, words) => policy(state, words[4])],
  [
    'gcloud iam service-accounts add-iam-policy-binding',
    'iam',
    (state, words) => bind(state, words[4], words),
  ],
  ['gcloud projects get-iam-policy', 'cloudresourcemanager', (state) => policy(state, 'project')],
  [
    'gcloud projects add-iam-policy-binding',
    'cloudresourcemanager',
    (state, words) => bind(state, 'project', words),
  ],
  ['gcloud firestore databases list', 'firestore', ({ databases }) => JSON.stringify(databases)],
  [
    'gcloud firestore databases create',
    'firestore',
    (state, words) => {
      if (state.databases.length > 0) throw new Error('ERROR: ALREADY_EXISTS');
      state.databases.push({
        name: `projects/${option(words, 'project')}/databases/(default)`,
        locationId: option(words, 'location'),
        type: 'FIRESTORE_NATIVE',
      });
      return '';
    },
  ],
  ['gcloud firestore backups schedules list', 'firestore', ({ backups }) => JSON.stringify(backups)],
  [
    'gcloud firestore backups schedules create',
    'firestore',
    (state) => {
      // Firestore takes one daily schedule for a database.
      if (state.backups.length > 0) throw new Error('ERROR: ALREADY_EXISTS');
      state.backups.push({ dailyRecurrence: {} });
      return '';
    },
  ],
  [
    'gcloud firestore indexes composite list',
    'firestore',
    (state) => (state.indexStates.length > 1 ? state.indexStates.shift() : state.indexStates[0]) ?? '',
  ],
  [
    'gcloud secrets list',
    'secretmanager',
    ({ secrets }) =>
      JSON.stringify(Object.keys(secrets).map((name) => ({ name: `projects/123456/secrets/${name}` }))),
  ],
  [
    'gcloud secrets create',
    'secretmanager',
    (state, words) => {
      if (state.secrets[words[3] ?? ''] !== undefined) throw new Error('ERROR: ALREADY_EXISTS');
      state.secrets[words[3] ?? ''] = [];
      return '';
    },
  ],
  [
    'gcloud secrets versions list',
    'secretmanager',
    (state, words) => JSON.stringify(secret(state, words[4]).map(({ state: is }) => ({ state: is }))),
  ],
  [
    'gcloud secrets versions add',
    'secretmanager',
    (state, words, input) => {
      if (input === '') throw new Error('ERROR: The secret has no data.');
      secret(state, words[4]).push({ state: 'ENABLED', value: input });
      return '';
    },
  ],
  [
    'gcloud secrets versions access',
    'secretmanager',
    (state, words) => {
      const versions = secret(state, option(words, 'secret'));
      const found = words[4] === 'latest' ? versions.at(-1) : versions[Number(words[4]) - 1];
      if (found === undefined) throw new Error('ERROR: NOT_FOUND');
      return found.value;
    },
  ],
  ['gcloud secrets get-iam-policy', 'secretmanager', (state, words) => policy(state, words[3])],
  [
    'gcloud secrets add-iam-policy-binding',
    'secretmanager',
    (state, words) => {
      secret(state, words[3]);
      return bind(state, words[3], words);
    },
  ],
  [
    'gcloud functions list',
    'cloudfunctions',
    ({ functions }) => {
      const now = functions.at(-1);
      if (now === undefined) return '[]';
      const variables = Object.entries(now).map(([key, version]) => ({ key, version }));
      return JSON.stringify([{ serviceConfig: { secretEnvironmentVariables: variables } }]);
    },
  ],
  [
    'firebase projects:list',
    null,
    ({ firebase }) => JSON.stringify({ status: 'success', result: firebase ? [{ projectId: PLAYED }] : [] }),
  ],
  [
    'firebase projects:addfirebase',
    null,
    (state) => {
      if (state.firebase) throw new Error('Error: already a Firebase project');
      state.firebase = true;
      return '';
    },
  ],
  ['firebase firestore:indexes', 'firestore', ({ indexes }) => JSON.stringify(indexes)],
  [
    'firebase apps:list',
    'firebase',
    ({ webApps }) => JSON.stringify({ result: Array.from({ length: webApps }, () => ({})) }),
  ],
  [
    'firebase apps:create',
    'firebase',
    (state) => {
      state.webApps += 1;
      return '';
    },
  ],
  [
    'firebase apps:sdkconfig',
    'firebase',
    (state) => {
      if (state.webApps !== 1) throw new Error('Error: must specify an app id.');
      return JSON.stringify({ result: { sdkConfig: { apiKey: 'AIzaPlayed' } } });
    },
  ],
  [
    'firebase deploy --only auth',
    'identitytoolkit',
    (state, words) => {
      const file = words[words.indexOf('--config') + 1] ?? '';
      state.google = JSON.parse(readFileSync(join(REPOSITORY, file), 'utf8'));
      return '';
    },
  ],
  [
    'firebase deploy --only firestore',
    'firestore',
    (state) => {
      if (state.databases.length === 0) throw new Error('Error: no database');
      state.indexes = JSON.parse(readFileSync(join(REPOSITORY, 'firestore.indexes.json'), 'utf8'));
      return '';
    },
  ],
  [
    'firebase deploy --only functions',
    'cloudfunctions',
    (state, words) => {
      if (!words.includes('--force')) throw new Error('Error: Pass the --force option');
      const versions = Object.entries(state.secrets).map(([name, { length }]) => [name, String(length)]);
      state.functions.push(Object.fromEntries(versions));
      return '';
    },
  ],
  [
    'firebase functions:artifacts:setpolicy',
    'artifactregistry',
    ({ functions }) => {
      if (functions.length === 0) throw new Error('Error: no repository');
      return '';
    },
  ],
  [
    'firebase deploy --only hosting',
    'firebasehosting',
    (state) => {
      if (state.functions.length === 0) throw new Error('Error: Unable to find a valid endpoint');
      state.hosting += 1;
      return '';
    },
  ],
  [
    'npm run rehearse',
    null,
    ({ rehearsal }) => {
      if (!rehearsal) throw new Error('mcp does not start.');
      return '';
    },
  ],
  ['npm run doctor', null, () => 'All is well\n'],
];

/** The project that Firebase knows in the end. */
export const PLAYED = `played-${process.pid}`;

function option(words: readonly string[], name: string): string {
  const found = words.find((word) => word.startsWith(`--${name}=`));
  if (found === undefined) throw new Error(`ERROR: --${name} is missing`);
  return found.slice(name.length + 3);
}

function secret(state: CloudState, name = ''): CloudState['secrets'][string] {
  const found = state.secrets[name];
  if (found === undefined) throw new Error('ERROR: NOT_FOUND');
  return found;
}

function policy({ bindings }: CloudState, of = ''): string {
  const roles = Map.groupBy(bindings[of] ?? [], (each) => each.split(' ')[0]);
  return JSON.stringify({
    bindings: [...roles].map(([role, each]) => ({ role, members: each.map((one) => one.split(' ')[1]) })),
  });
}

function bind(state: CloudState, of = '', words: readonly string[]): string {
  const member = option(words, 'member');
  const [, email = ''] = member.split(':');
  if (!email.endsWith('developer.gserviceaccount.com') && !state.accounts.includes(email))
    throw new Error(`ERROR: Service account ${email} does not exist.`);
  state.bindings[of] ??= [];
  state.bindings[of].push(`${option(words, 'role')} ${member}`);
  return '';
}

/** The commands of steps that change something, by the words they begin with. */
export function isLook({ program, args }: Command): boolean {
  return (
    program !== 'npm' &&
    args.some((word) => /^(list|describe|access|get-iam-policy|.*:(list|indexes|sdkconfig))$/.test(word))
  );
}
