/** What `docs/operate.md` says that commands do is what they do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENTS } from '../../../../functions/src/http/logging/events.ts';
import { deploySteps } from './deploy-steps.ts';
import { REPOSITORY, UNKNOWN_PROJECT } from './project.ts';
import { setupSteps } from './setup-steps.ts';
import { planOf } from './steps.ts';

const OPERATE = readFileSync(join(REPOSITORY, 'docs/operate.md'), 'utf8');
const MONITORING = join(REPOSITORY, 'local/monitoring');

const section = (name: string) => OPERATE.split(`<!-- ${name} -->`)[1]?.split('<!-- end -->')[0] ?? '';
const documents = (kind: string) =>
  readdirSync(join(MONITORING, kind)).map((file) => ({
    name: file.replace('.json', ''),
    text: readFileSync(join(MONITORING, kind, file), 'utf8'),
  }));

it('names what npm run deploy:setup makes', () => {
  const wishes = { origin: 'https://YOUR_PROJECT.web.app', location: 'nam5', budget: 50 };
  const names = setupSteps(UNKNOWN_PROJECT, wishes).map(({ name }, index) => `${index + 1}. ${name}`);
  expect(section('deploy:setup').trim().split('\n')).toEqual(names);
});

it('prints what npm run deploy -- --dry-run prints', () => {
  const plan = planOf(deploySteps(UNKNOWN_PROJECT.id, 'PUBLIC_ORIGIN'));
  expect(section('deploy').trim()).toBe(`\`\`\`text\n${plan}\n\`\`\``);
});

it('tells of every alert, each of which looks at a metric that there is', () => {
  const metrics = documents('metrics').map(({ name }) => name);
  for (const { name, text } of documents('alerts')) {
    const { displayName } = JSON.parse(text) as { displayName: string };
    expect(OPERATE, name).toContain(`| ${displayName.replace('IBKR Gateway: ', '')} |`);
    for (const [, metric] of text.matchAll(/logging\.googleapis\.com\/user\/ibkr_(\w+)/g))
      expect(metrics).toContain(metric);
    const [, heading = ''] = /section \\"([^"]+)\\"/.exec(text) ?? [];
    expect(OPERATE).toMatch(new RegExp(`^##+ ${heading}$`, 'm'));
  }
});

it('counts every event that is logged for operators', () => {
  const counted = documents('metrics').flatMap(({ text }) => /event=\\"(\w+)\\"/.exec(text)?.[1] ?? []);
  const events = Object.entries(EVENTS).filter(([, event]) => 'isCounted' in event);
  expect(counted.toSorted()).toEqual(events.map(([name]) => name).toSorted());
});
