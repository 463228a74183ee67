/** That who follows CONTRIBUTING adds a tool that works: its steps are taken as they stand there, in a copy. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { childEnvironment } from '../config.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const COPIED = [
  ...['functions', 'simulator', 'local', 'e2e/properties', 'e2e/runner'],
  ...['package.json', 'tsconfig.json', 'vitest.config.ts', 'README.md'],
];
const SHARED = ['node_modules', 'functions/node_modules'];

/** Asks for the tool by `/mcp`, on the simulator. It runs with the tool's own test. */
const AN_APP = `
import { expect, it } from 'vitest';
import { newSandboxConnection } from '../../testing/access.ts';
import { askMcp, callTool } from '../../testing/console/requests.ts';
import { simulatorUrl } from '../../testing/sandbox.ts';
import { useServers } from '../../testing/servers.ts';
import { testService } from '../../testing/service.ts';

let db;
useServers((opened) => { db = opened; });

it('is listed and called', async () => {
  const service = testService(db, { simulatorUrl: simulatorUrl() });
  const { apiKey } = await newSandboxConnection(db);
  expect(await (await askMcp(service, apiKey, 'tools/list')).text()).toContain('get_leverage');
  const { structuredContent } = await callTool(service, apiKey, 'get_leverage');
  expect(structuredContent).toMatchObject({ leverage: expect.any(Number) });
});
`;

interface Step {
  /** What its block is in: `ts` is a file, `diff` lines for a file, `sh` what is run. */
  language: string;
  file: string;
  text: string;
}

function stepsOf(document: string): Step[] {
  const [, rest = ''] = document.split('\n## A tool that reads, step by step\n');
  const [section = ''] = rest.split('\n## ');
  return [...section.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', file = '', text = '']) => ({ language, file, text }),
  );
}

/** Puts lines with a `+` between those that stand there once. */
function withLines(text: string, diff: string): string {
  return diff.split(/^@@\n/m).reduce((changed, hunk) => {
    const lines = hunk.trimEnd().split('\n');
    const before = lines.filter((line) => line.startsWith(' '));
    const standing = before.map((line) => `${line.slice(1)}\n`).join('');
    expect(changed.split(standing), `what stands once:\n${standing}`).toHaveLength(2);
    return changed.replace(standing, () => lines.map((line) => `${line.slice(1)}\n`).join(''));
  }, text);
}

function copyOfRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'added-tool-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const isCopied = (path: string) => !['node_modules', 'dist'].includes(basename(path));
  for (const path of COPIED) {
    cpSync(join(REPOSITORY, path), join(copy, path), { recursive: true, filter: isCopied });
  }
  for (const path of SHARED) symlinkSync(join(REPOSITORY, path), join(copy, path));
  return copy;
}

it('adds a tool that is typed, tested and called', { retry: 0, timeout: 600_000 }, async () => {
  const copy = copyOfRepository();
  const run = async (command: string, ...args: string[]) => {
    // What ends the children of a stack ends the workers of a test runner.
    const additions = { NO_COLOR: '1', NODE_COMPILE_CACHE: join(copy, 'compiled'), NODE_OPTIONS: '' };
    const options = { cwd: copy, env: childEnvironment(additions) };
    const done = promisify(execFile)(command, args, options);
    await done.catch((failed) =>
      expect.fail(`${command} ${args.join(' ')}\n${failed.stdout}${failed.stderr}`),
    );
  };
  const steps = stepsOf(readFileSync(join(REPOSITORY, 'CONTRIBUTING.md'), 'utf8'));
  const languages = steps.map(({ language }) => language);
  expect(languages).toEqual(['ts', 'ts', 'diff', 'diff', 'diff', 'diff', 'sh']);

  for (const { language, file, text } of steps) {
    const path = join(copy, file);
    if (language === 'ts') writeFileSync(path, text, { flag: 'wx' });
    if (language === 'diff') writeFileSync(path, withLines(readFileSync(path, 'utf8'), text));
  }

  // What tests use is most of the repository, and takes as long as all of it.
  const files = steps.map(({ file }) => file).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const project = { extends: './tsconfig.json', include: [], files: [...new Set(files)] };
  writeFileSync(join(copy, 'tsconfig.added.json'), JSON.stringify(project));
  await run(
    'node_modules/.bin/tsc',
    '-p',
    'tsconfig.added.json',
    '--incremental',
    'false',
    '--tsBuildInfoFile',
    'null',
  );

  writeFileSync(join(copy, 'functions/src/tools/accounts/get-leverage-app.integration.test.ts'), AN_APP);
  for (const { language, text } of steps) if (language === 'sh') await run('sh', '-ec', text);
});
