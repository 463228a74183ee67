/** What operators are alerted by: the metrics and alerts of `local/monitoring/`, and where alerts go. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { gcloud, type Project, REPOSITORY } from './project.ts';
import { type Step, step } from './steps.ts';

const FOLDER = 'local/monitoring';

/** The files of one kind, with what each is known by in the project. */
function definitions(kind: 'metrics' | 'alerts', field: 'name' | 'displayName') {
  const files = readdirSync(join(REPOSITORY, FOLDER, kind)).toSorted();
  return files.map((file) => {
    const path = `${FOLDER}/${kind}/${file}`;
    const definition = JSON.parse(readFileSync(join(REPOSITORY, path), 'utf8')) as Record<string, unknown>;
    return { path, name: String(definition[field]) };
  });
}

export function metricsStep(id: string): Step {
  const at = ['logging', 'metrics'];
  const look = gcloud(...at, 'list', `--project=${id}`, '--format=value(name)');
  return step('Lines of the log are counted', look, (found) =>
    missing('metrics', 'name', found).map(({ name, path }) =>
      gcloud(...at, 'create', name, `--config-from-file=${path}`, `--project=${id}`),
    ),
  );
}

/** An alert that is there stays as it is: its operator may have changed it. */
export function alertsStep({ id, operator }: Project): Step {
  const ofProject = `--project=${id}`;
  const channels = ['beta', 'monitoring', 'channels'];
  const policies = ['monitoring', 'policies'];
  const lookForChannels = gcloud(...channels, 'list', '--type=email', ofProject, '--format=json');
  const makeChannel = gcloud(
    ...channels,
    'create',
    '--type=email',
    '--display-name=IBKR Gateway: operator',
    `--channel-labels=email_address=${operator}`,
    ofProject,
  );
  const lookForPolicies = gcloud(...policies, 'list', ofProject, '--format=value(displayName)');
  const makePolicies = (channel: string, found: string | null): Command[] =>
    missing('alerts', 'displayName', found).map(({ path }) =>
      gcloud(
        ...policies,
        'create',
        `--policy-from-file=${path}`,
        `--notification-channels=${channel}`,
        ofProject,
      ),
    );
  const channelOf = (found: string) =>
    (JSON.parse(found) as { name: string; labels?: { email_address?: string } }[]).find(
      ({ labels }) => labels?.email_address === operator,
    )?.name;
  return {
    name: `Alerts go to ${operator}`,
    commands: [lookForChannels, makeChannel, lookForPolicies, ...makePolicies('CHANNEL', null)],
    carryOut: async (run) => {
      const there = channelOf(await run(lookForChannels));
      if (there === undefined) await run(makeChannel);
      const channel = there ?? channelOf(await run(lookForChannels));
      if (channel === undefined) throw new Error('The channel that was made is not listed yet.');
      const commands = makePolicies(channel, await run(lookForPolicies));
      for (const command of commands) await run(command);
      return there === undefined || commands.length > 0;
    },
  };
}

function missing(kind: 'metrics' | 'alerts', field: 'name' | 'displayName', found: string | null) {
  const there = (found ?? '').split('\n').map((line) => line.trim());
  return definitions(kind, field).filter(({ name }) => !there.includes(name));
}
