/** What a project needs before anything is deployed to it. */
import { randomBytes } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newOauthKeys } from '../../data/secret-keys.ts';
import type { Command } from './command.ts';
import { indexStep } from './indexes.ts';
import { alertsStep, metricsStep } from './monitoring.ts';
import {
  firebase,
  functionsAccount,
  gcloud,
  type Project,
  REPOSITORY,
  settingsFile,
  signInAccount,
} from './project.ts';
import { readSettings } from './settings.ts';
import { signInConfig } from './sign-in-config.ts';
import { type Step, step } from './steps.ts';

export interface Wishes {
  /** Where the database lies, for good: `nam5`, `eur3`, or a region. */
  location: string;
  /** As people reach it. */
  origin: string;
  /** A month, in the currency of the billing account. */
  budget: number;
}

/** No more than twenty are enabled at a time. */
const APIS = [
  'artifactregistry',
  'billingbudgets',
  'cloudbilling',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'cloudtasks',
  'eventarc',
  'firebase',
  'firebasehosting',
  'firestore',
  'iam',
  'identitytoolkit',
  'logging',
  'monitoring',
  'pubsub',
  'run',
  'secretmanager',
].map((name) => `${name}.googleapis.com`);

/** What the functions do as their account: data, users, tasks and their calls, events, logs. */
const FUNCTIONS_ROLES = [
  'datastore.user',
  'firebaseauth.admin',
  'cloudtasks.enqueuer',
  'run.invoker',
  'eventarc.eventReceiver',
  'logging.logWriter',
];
const SIGN_IN_ROLES = ['datastore.user', 'logging.logWriter'];
/** Google's build of functions runs as the default account, which is no Editor in every organisation. */
const BUILD_ROLES = ['cloudbuild.builds.builder'];

const newRing = () => `${new Date().getUTCFullYear()}:${randomBytes(32).toString('base64')}`;

/** Each secret with what makes its first value, and the accounts that may read it. */
const SECRETS = [
  { name: 'VAULT_KEYS', make: newRing, readers: [functionsAccount, signInAccount] },
  { name: 'SIGN_IN_KEYS', make: newRing, readers: [signInAccount] },
  { name: 'OAUTH_KEYS', make: newOauthKeys, readers: [functionsAccount] },
] as const;

export function setupSteps(project: Project, wishes: Wishes): Step[] {
  const { id } = project;
  return [
    billing(project),
    step('Firebase knows the project', firebase('projects:list', '--json'), (found) =>
      projectsOf(found).includes(id) ? [] : [firebase('projects:addfirebase', id)],
    ),
    apis(id),
    account(id, functionsAccount(id), 'IBKR Gateway: the functions'),
    account(id, signInAccount(id), 'IBKR Gateway: signs in at IBKR'),
    roles(project),
    ownTokens(id),
    database(id, wishes.location),
    indexStep(id),
    backups(id),
    ...SECRETS.flatMap(({ name, make, readers }) => [
      secret(id, name),
      secretValue(id, name, make),
      secretReaders(
        id,
        name,
        readers.map((reader) => reader(id)),
      ),
    ]),
    step('The project has a web app', firebase('apps:list', 'WEB', '--project', id, '--json'), (found) =>
      resultOf(found).length > 0
        ? []
        : [firebase('apps:create', 'WEB', 'IBKR Gateway', '--project', id, '--json')],
    ),
    signIn(project, wishes),
    budget(project, wishes.budget),
    metricsStep(id),
    alertsStep(project),
  ];
}

function billing({ id, billingAccount }: Project): Step {
  return step('It is on the plan that is paid for what is used', describeBilling(id), (found) =>
    found !== null && json<{ billingEnabled?: boolean }>(found).billingEnabled === true
      ? []
      : [gcloud('billing', 'projects', 'link', id, `--billing-account=${billingAccount}`)],
  );
}

/** Says which billing account pays for a project. */
export function describeBilling(id: string): Command {
  return gcloud('billing', 'projects', 'describe', id, '--format=json');
}

function apis(id: string): Step {
  const look = gcloud('services', 'list', '--enabled', `--project=${id}`, '--format=value(config.name)');
  return step('Google’s APIs are on', look, (found) => {
    const off = APIS.filter((api) => !lines(found).includes(api));
    return off.length === 0 ? [] : [gcloud('services', 'enable', ...off, `--project=${id}`)];
  });
}

function account(id: string, email: string, name: string): Step {
  const look = gcloud('iam', 'service-accounts', 'list', `--project=${id}`, '--format=value(email)');
  const [short = ''] = email.split('@');
  return step(`There is the account ${short}`, look, (found) =>
    lines(found).includes(email)
      ? []
      : [gcloud('iam', 'service-accounts', 'create', short, `--display-name=${name}`, `--project=${id}`)],
  );
}

function roles({ id, number }: Project): Step {
  const wanted = [
    ...FUNCTIONS_ROLES.map((role) => [functionsAccount(id), role] as const),
    ...SIGN_IN_ROLES.map((role) => [signInAccount(id), role] as const),
    ...BUILD_ROLES.map((role) => [`${number}-compute@developer.gserviceaccount.com`, role] as const),
  ];
  const look = gcloud('projects', 'get-iam-policy', id, '--format=json');
  return step('The accounts have their roles', look, (found) =>
    wanted
      .filter(([email, role]) => !isBound(found, email, role))
      .map(([email, role]) => bind(['projects', 'add-iam-policy-binding', id], email, role)),
  );
}

/** Tasks carry a token of the account that made them: it has to be let make tokens of itself. */
function ownTokens(id: string): Step {
  const email = functionsAccount(id);
  const at = ['iam', 'service-accounts'];
  const look = gcloud(...at, 'get-iam-policy', email, `--project=${id}`, '--format=json');
  return step('Tasks may be made in the name of the functions', look, (found) =>
    isBound(found, email, 'iam.serviceAccountUser')
      ? []
      : [bind([...at, 'add-iam-policy-binding', email, `--project=${id}`], email, 'iam.serviceAccountUser')],
  );
}

function database(id: string, location: string): Step {
  const look = gcloud('firestore', 'databases', 'list', `--project=${id}`, '--format=json');
  return step(`There is a Firestore database in ${location}`, look, (found) => {
    const databases = found === null ? [] : json<{ name: string; locationId: string; type: string }[]>(found);
    const there = databases.find(({ name }) => name.endsWith('/databases/(default)'));
    if (there === undefined) {
      const kept = ['--delete-protection', '--enable-pitr'];
      const how = [`--location=${location}`, '--type=firestore-native', ...kept, `--project=${id}`];
      return [gcloud('firestore', 'databases', 'create', '--database=(default)', ...how)];
    }
    if (there.type !== 'FIRESTORE_NATIVE')
      throw new Error(
        `The database is of type ${there.type}. Take a project without one, or with Firestore.`,
      );
    if (there.locationId !== location)
      throw new Error(
        `The database lies in ${there.locationId}, and stays there: run with --location ${there.locationId}.`,
      );
    return [];
  });
}

function backups(id: string): Step {
  const at = ['firestore', 'backups', 'schedules'];
  const of = ['--database=(default)', `--project=${id}`];
  return step('The database is backed up daily', gcloud(...at, 'list', ...of, '--format=json'), (found) =>
    found !== null && json<unknown[]>(found).length > 0
      ? []
      : [gcloud(...at, 'create', ...of, '--recurrence=daily', '--retention=14d')],
  );
}

function secret(id: string, name: string): Step {
  const look = gcloud('secrets', 'list', `--project=${id}`, '--format=json');
  return step(`There is the secret ${name}`, look, (found) =>
    hasSecret(found, name)
      ? []
      : [gcloud('secrets', 'create', name, '--replication-policy=automatic', `--project=${id}`)],
  );
}

/** Whether a list of secrets, as gcloud has it in JSON, has one. */
export function hasSecret(list: string | null, name: string): boolean {
  const secrets = list === null ? [] : json<{ name: string }[]>(list);
  return secrets.some((each) => each.name.split('/').at(-1) === name);
}

/** A value that is there is never replaced: what it sealed would be lost. */
function secretValue(id: string, name: string, make: () => string): Step {
  const at = ['secrets', 'versions'];
  const of = [name, `--project=${id}`];
  return step(`${name} has keys`, gcloud(...at, 'list', ...of, '--format=json'), (found) => {
    const versions = found === null ? [] : json<{ state: string }[]>(found);
    if (versions.length > 0 && !versions.some(({ state }) => state === 'ENABLED'))
      throw new Error(
        `No version of ${name} is enabled. Enable the last (gcloud secrets versions enable VERSION --secret=${name}), which may have sealed what is stored.`,
      );
    if (versions.length > 0) return [];
    const input = { what: 'new keys, made now and shown to nobody', make };
    return [{ ...gcloud(...at, 'add', ...of, '--data-file=-'), input }];
  });
}

function secretReaders(id: string, name: string, readers: readonly string[]): Step {
  const look = gcloud('secrets', 'get-iam-policy', name, `--project=${id}`, '--format=json');
  const shorts = readers.map((email) => email.split('@')[0]).join(' and ');
  return step(`${name} is read by ${shorts}`, look, (found) =>
    readers
      .filter((email) => !isBound(found, email, 'secretmanager.secretAccessor'))
      .map((email) =>
        bind(
          ['secrets', 'add-iam-policy-binding', name, `--project=${id}`],
          email,
          'secretmanager.secretAccessor',
        ),
      ),
  );
}

/**
 * What people sign in with. That Google is switched on cannot be asked for: the key of the web app is written down
 * after it.
 */
function signIn({ id, operator }: Project, { origin }: Wishes): Step {
  const path = settingsFile(id);
  const file = join(REPOSITORY, path);
  const config = signInConfig(id, origin, operator);
  const key: Command = {
    ...firebase('apps:sdkconfig', 'WEB', '--project', id, '--json'),
    answer: {
      what: `written to ${path}: PUBLIC_ORIGIN, WEB_API_KEY, FUNCTIONS_ACCOUNT, SIGN_IN_ACCOUNT`,
      take: async (answer) =>
        addSettings(file, {
          PUBLIC_ORIGIN: origin,
          FUNCTIONS_ACCOUNT: functionsAccount(id),
          SIGN_IN_ACCOUNT: signInAccount(id),
          WEB_API_KEY: json<{ result: { sdkConfig: { apiKey: string } } }>(answer).result.sdkConfig.apiKey,
        }),
    },
  };
  const commands = [config.deploy, key];
  return {
    name: `People sign in with Google, and ${path} has the settings`,
    commands,
    carryOut: async (run) => {
      const { WEB_API_KEY } = await readSettings(file);
      if (WEB_API_KEY) return false;
      await config.during(async () => {
        for (const command of commands) await run(command);
      });
      return true;
    },
  };
}

/** Adds what a file of settings does not set, and leaves the rest as it is. */
async function addSettings(file: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const there = await readSettings(file);
  const before = await readFile(file, 'utf8').catch(() => '');
  const added = Object.entries(settings).filter(([name]) => there[name] === undefined);
  const begin = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendFile(file, begin + added.map(([name, value]) => `${name}=${value}\n`).join(''));
}

function budget({ id, billingAccount }: Project, amount: number): Step {
  const at = ['billing', 'budgets'];
  const of = `--billing-account=${billingAccount}`;
  const name = `IBKR Gateway ${id}`;
  return step(
    `A mail is sent when a month costs more than ${amount}`,
    gcloud(...at, 'list', of, '--format=value(displayName)'),
    (found) =>
      lines(found).includes(name)
        ? []
        : [
            gcloud(
              ...at,
              'create',
              of,
              `--display-name=${name}`,
              `--budget-amount=${amount}`,
              `--filter-projects=projects/${id}`,
              '--threshold-rule=percent=0.5',
              '--threshold-rule=percent=1.0',
              '--threshold-rule=percent=1.0,basis=forecasted-spend',
            ),
          ],
  );
}

function bind(where: readonly string[], email: string, role: string): Command {
  const condition = where[0] === 'projects' ? ['--condition=None'] : [];
  return gcloud(
    ...where,
    `--member=serviceAccount:${email}`,
    `--role=roles/${role}`,
    ...condition,
    '--format=none',
  );
}

function isBound(policy: string | null, email: string, role: string): boolean {
  if (policy === null) return false;
  const { bindings = [] } = json<{
    bindings?: { role: string; members?: string[]; condition?: unknown }[];
  }>(policy);
  return bindings.some(
    (binding) =>
      binding.role === `roles/${role}` &&
      binding.condition === undefined &&
      binding.members?.includes(`serviceAccount:${email}`),
  );
}

function projectsOf(found: string | null): string[] {
  return resultOf(found).map((each) => (each as { projectId: string }).projectId);
}

/** Of a list as firebase has it in JSON. */
function resultOf(found: string | null): unknown[] {
  return found === null ? [] : json<{ result: unknown[] }>(found).result;
}

function lines(found: string | null): string[] {
  return (found ?? '').split('\n').map((line) => line.trim());
}

function json<Value>(text: string): Value {
  return JSON.parse(text) as Value;
}
