/** `npm run deploy:setup`: makes of a Google Cloud project one that the service can be deployed to. */
import { run } from './deploy/command.ts';
import { carryOutAsked, fail } from './deploy/conversation.ts';
import { gcloud, type Project, UNKNOWN_PROJECT } from './deploy/project.ts';
import { describeBilling, setupSteps } from './deploy/setup-steps.ts';
import { planOf } from './deploy/steps.ts';
import { givenOptions } from './given-options.ts';

const HELP = `npm run deploy:setup -- --project NAME [options]

Makes of a project of Google Cloud one that the gateway can be deployed to. It says first what it does, and looks at each
step whether it is done: it can be run again, also after it failed. Nothing that is there is replaced, no key above all.

  --project NAME         the project, which is there (gcloud projects create NAME makes one)
  --origin URL           as people will reach it (https://NAME.web.app)
  --location WHERE       where its database lies, for good (nam5; eur3 is Europe's)
  --billing-account ID   who pays, where the project has none yet
  --budget AMOUNT        a mail is sent when a month costs more, in the account's currency (50)
  --dry-run              prints every command and runs none
  --yes                  does not ask
  --help                 this text`;

const values = givenOptions({
  project: { type: 'string' },
  origin: { type: 'string' },
  location: { type: 'string', default: 'nam5' },
  'billing-account': { type: 'string' },
  budget: { type: 'string', default: '50' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean' },
});
const { project: id, location } = values;
const origin = values.origin ?? `https://${id ?? UNKNOWN_PROJECT.id}.web.app`;
const budget = Number(values.budget);

if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (!(budget > 0)) fail(`--budget is an amount, not ${values.budget}.`);
if (values.origin && (URL.parse(origin)?.origin !== origin || !origin.startsWith('https:')))
  fail(`--origin is https:// and a name, without a path, not ${origin}.`);

const whoIsSignedIn = gcloud('auth', 'list', '--filter=status:ACTIVE', '--format=value(account)');
const numberOf = (name: string) => gcloud('projects', 'describe', name, '--format=value(projectNumber)');

if (values['dry-run']) {
  const unknown = { ...UNKNOWN_PROJECT, ...(id && { id }) };
  const first = {
    name: 'Who and what is there',
    commands: [whoIsSignedIn, numberOf(unknown.id), describeBilling(unknown.id)],
    carryOut: async () => false,
  };
  console.log(planOf([first, ...setupSteps(unknown, { origin, location, budget })]));
} else if (id === undefined) {
  fail(`--project is missing.\n\n${HELP}`);
} else {
  try {
    const project = await projectOf(id);
    const steps = setupSteps(project, { origin, location, budget });
    const heading = `In the project ${id}, as ${project.operator}, each where it is not so yet:`;
    await carryOutAsked(heading, steps, values.yes);
    console.log(`
The project is ready: npm run deploy -- --project ${id}
Who may sign in (ALLOWED_EMAILS) and all else is set in functions/.env.${id}. A domain of your own is connected in Firebase's
console (Hosting) and allowed there for signing in (Authentication, Settings, Authorized domains); it is PUBLIC_ORIGIN then.`);
  } catch (error) {
    fail((error as Error).message);
  }
}

async function projectOf(name: string): Promise<Project> {
  const operator = (await run(whoIsSignedIn)).trim();
  if (operator === '') throw new Error('Nobody is signed in: gcloud auth login');
  const number = (await run(numberOf(name))).trim();
  const { billingAccountName = '' } = JSON.parse(await run(describeBilling(name))) as {
    billingAccountName?: string;
  };
  const billingAccount = billingAccountName.replace('billingAccounts/', '') || values['billing-account'];
  if (!billingAccount)
    throw new Error(
      'Nobody pays for the project: --billing-account ID (gcloud billing accounts list names yours).',
    );
  return { id: name, number, operator, billingAccount };
}
