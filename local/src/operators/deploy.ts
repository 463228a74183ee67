/** `npm run deploy`: checks, rehearses, deploys and looks whether it works. */
import { carryOutAsked, fail } from './deploy/conversation.ts';
import { deploySteps, settingsOf } from './deploy/deploy-steps.ts';
import { UNKNOWN_PROJECT } from './deploy/project.ts';
import { planOf } from './deploy/steps.ts';
import { givenOptions } from './given-options.ts';

const HELP = `npm run deploy -- --project NAME [options]

Deploys this checkout to a project that npm run deploy:setup made ready. Settings and keys are checked before anything is
changed: wrong ones reach no service that runs. It ends at the first thing that fails, and can be run again.

  --project NAME   the project
  --dry-run        prints every command and runs none
  --yes            does not ask
  --help           this text`;

const values = givenOptions({
  project: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean' },
});
const { project: id } = values;

if (values.help) {
  console.log(HELP);
} else if (values['dry-run']) {
  console.log(planOf(deploySteps(id ?? UNKNOWN_PROJECT.id, 'PUBLIC_ORIGIN')));
} else if (id === undefined) {
  fail(`--project is missing.\n\n${HELP}`);
} else {
  try {
    const { PUBLIC_ORIGIN } = await settingsOf(id);
    if (!PUBLIC_ORIGIN) throw new Error(`functions/.env.${id} has no PUBLIC_ORIGIN: npm run deploy:setup.`);
    const steps = deploySteps(id, PUBLIC_ORIGIN);
    const heading = `To the project ${id}, which people reach at ${PUBLIC_ORIGIN}:`;
    await carryOutAsked(heading, steps, values.yes);
  } catch (error) {
    fail((error as Error).message);
  }
}
