/** `npm run deploy`: checks, rehearses, deploys and looks whether it works. */
import { parseArgs } from 'node:util';
import { run } from './deploy/command.ts';
import { ask, fail } from './deploy/conversation.ts';
import { deploySteps, settingsOf } from './deploy/deploy-steps.ts';
import { UNKNOWN_PROJECT } from './deploy/project.ts';
import { carryOut, planOf } from './deploy/steps.ts';

const HELP = `npm run deploy -- --project NAME [options]

Deploys this checkout to a project that npm run deploy:setup made ready. Settings and keys are checked before anything is
changed: wrong ones reach no service that runs. It ends at the first thing that fails, and can be run again.

  --project NAME   the project
  --dry-run        prints every command and runs none
  --yes            does not ask
  --help           this text`;

const { values } = parseArgs({
  options: {
    project: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
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
    console.log(`To the project ${id}, which people reach at ${PUBLIC_ORIGIN}:`);
    for (const [index, { name }] of steps.entries()) console.log(`  ${index + 1}. ${name}`);
    await ask(values.yes);
    await carryOut(steps, run, console.log);
  } catch (error) {
    fail((error as Error).message);
  }
}
