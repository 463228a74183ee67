/** A deployment, from what is checked before to what is looked at after. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { REGION } from '../../../../functions/src/config.ts';
import type { Command, Run } from './command.ts';
import { deployFirestore } from './indexes.ts';
import { KEY_SECRETS, keyProblems } from './keys.ts';
import { firebase, gcloud, REPOSITORY, settingsFile } from './project.ts';
import { readSettings, settingsProblems } from './settings.ts';
import { hasSecret } from './setup-steps.ts';
import { always, type Step } from './steps.ts';

/** As long as somebody may want to go back to a revision. */
const IMAGES_DAYS = 30;
/** Firestore builds indexes of an empty database in minutes, of a large one in hours. */
const INDEX_POLL_MS = 10_000;

/**
 * @param origin As people reach it.
 * @param pollMs How often it is asked whether indexes are built.
 */
export function deploySteps(id: string, origin: string, pollMs = INDEX_POLL_MS): Step[] {
  const functions = firebase('deploy', '--only', 'functions', '--force', '--project', id);
  const hosting = firebase('deploy', '--only', 'hosting', '--project', id);
  return [
    rightSettings(id),
    always('The functions install, start and are those that were reviewed', {
      program: 'npm',
      args: ['run', 'rehearse'],
      speaks: true,
    }),
    always('Rules, indexes and times to live are there', deployFirestore(id)),
    builtIndexes(id, pollMs),
    always(
      'The functions run',
      { ...functions, speaks: true },
      firebase(
        'functions:artifacts:setpolicy',
        '--location',
        REGION,
        '--days',
        String(IMAGES_DAYS),
        '--force',
        '--project',
        id,
      ),
    ),
    always('The pages are served', { ...hosting, speaks: true }),
    always('It does what hosts and people need', {
      program: 'npm',
      args: ['run', 'doctor', '--', '--url', origin],
      speaks: true,
    }),
  ];
}

function rightSettings(id: string): Step {
  const secrets = gcloud('secrets', 'list', `--project=${id}`, '--format=json');
  return {
    name: `${settingsFile(id)} and the secrets are right`,
    commands: [
      secrets,
      ...KEY_SECRETS.flatMap(({ name, reader }) => [
        secretAt(id, name, 'latest'),
        versionInUse(id, reader),
        secretAt(id, name, 'VERSION_IN_USE'),
      ]),
    ],
    carryOut: async (run) => {
      const there = await run(secrets);
      const settings = await settingsOf(id);
      const problems: string[] = [];
      const { MAIL_FROM } = settings;
      for (const name of [...KEY_SECRETS.map((each) => each.name), ...(MAIL_FROM ? ['SMTP_URL'] : [])])
        if (!hasSecret(there, name)) problems.push(`There is no secret ${name}: npm run deploy:setup.`);
      if (problems.length === 0) {
        const vaultKeys = await run(secretAt(id, 'VAULT_KEYS', 'latest'));
        problems.push(...settingsProblems(settings, id, vaultKeys.trim()), ...(await keysProblems(run, id)));
      }
      if (problems.length > 0) throw new Error(problems.map((problem) => `  ${problem}`).join('\n'));
      return false;
    },
  };
}

/** The settings that the functions of a project are deployed with. */
export function settingsOf(id: string) {
  return readSettings(join(REPOSITORY, 'functions/.env'), join(REPOSITORY, settingsFile(id)));
}

async function keysProblems(run: Run, id: string): Promise<string[]> {
  const problems: string[] = [];
  for (const secret of KEY_SECRETS) {
    const next = await run(secretAt(id, secret.name, 'latest'));
    const version = inUse(await run(versionInUse(id, secret.reader)), secret.name);
    const running = version === null ? null : await run(secretAt(id, secret.name, version));
    problems.push(...(await keyProblems(secret, next, running)));
  }
  return problems;
}

function secretAt(id: string, name: string, version: string): Command {
  return gcloud('secrets', 'versions', 'access', version, `--secret=${name}`, `--project=${id}`);
}

/** A list, which says nothing of a function that is not there, where a description would fail. */
function versionInUse(id: string, name: string): Command {
  const which = [`--filter=name~/${name}$`, `--regions=${REGION}`];
  return gcloud('functions', 'list', ...which, `--project=${id}`, '--format=json');
}

function inUse(list: string, name: string): string | null {
  const [found] = JSON.parse(list) as {
    serviceConfig?: { secretEnvironmentVariables?: { key: string; version: string }[] };
  }[];
  const variables = found?.serviceConfig?.secretEnvironmentVariables ?? [];
  return variables.find(({ key }) => key === name)?.version ?? null;
}

/** A query whose index is not built fails: the functions come after. */
function builtIndexes(id: string, pollMs: number): Step {
  const at = ['firestore', 'indexes', 'composite', 'list'];
  const look = gcloud(...at, '--database=(default)', `--project=${id}`, '--format=value(state)');
  return {
    name: 'Its indexes are built',
    commands: [look],
    carryOut: async (run) => {
      for (let waited = false; ; waited = true) {
        const states = (await run(look)).split('\n').map((state) => state.trim());
        if (states.includes('NEEDS_REPAIR'))
          throw new Error(
            'An index needs repair: delete it in the console of Firestore, and run this again.',
          );
        if (!states.includes('CREATING')) return waited;
        await delay(pollMs);
      }
    },
  };
}
