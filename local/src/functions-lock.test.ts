import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FUNCTIONS, functionsLock, type Packages } from './functions-lock.ts';

it('has what the functions need, in the versions that are installed here, and nothing of the other workspaces', async () => {
  const packages: Packages = JSON.parse(await functionsLock()).packages;
  const { dependencies } = JSON.parse(readFileSync(join(FUNCTIONS, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const [own, shared] = [FUNCTIONS, join(FUNCTIONS, '..')].map((at) => join(at, 'node_modules', name));
    const installed = readFileSync(
      join(own && existsSync(own) ? own : String(shared), 'package.json'),
      'utf8',
    );
    expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, JSON.parse(installed).version]);
  }
  expect(Object.keys(packages)).not.toContain('node_modules/react');
});
