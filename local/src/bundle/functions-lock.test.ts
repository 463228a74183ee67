import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deployedManifest } from './functions-bundle.ts';
import { functionsLock, type Packages } from './functions-lock.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');

it('has what is deployed, in the versions that are installed here, and nothing else of the workspaces', async () => {
  const manifest = await deployedManifest();
  const packages: Packages = JSON.parse(await functionsLock(manifest)).packages;
  for (const name of Object.keys(manifest.dependencies)) {
    const [own, shared] = ['functions', ''].map((at) => join(REPOSITORY, at, 'node_modules', name));
    const installed = readFileSync(
      join(own && existsSync(own) ? own : String(shared), 'package.json'),
      'utf8',
    );
    expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, JSON.parse(installed).version]);
  }
  for (const name of ['react', 'firebase-admin'])
    expect(Object.keys(packages)).not.toContain(`node_modules/${name}`);
});
