import { expect, it } from 'vitest';
import { differences } from './endpoints.ts';

const reviewed = {
  mcp: { region: ['us-central1'], availableMemoryMb: 512, httpsTrigger: { invoker: ['public'] } },
  signIn: { region: ['us-central1'], httpsTrigger: { invoker: ['private'] } },
};

it('says nothing where the functions are as they were reviewed', () => {
  expect(differences(reviewed, structuredClone(reviewed))).toEqual([]);
});

it('says which function is new, gone or otherwise, and how', () => {
  const found = {
    mcp: { ...reviewed.mcp, availableMemoryMb: 256, concurrency: 1 },
    free: { region: ['us-central1'] },
  };
  expect(differences(reviewed, found)).toEqual([
    'free is new.',
    'mcp: availableMemoryMb is 256, and was 512.',
    'mcp: concurrency is 1, and was not set.',
    'signIn is gone.',
  ]);
});

it('tells who may call a function from who might before', () => {
  const open = { ...reviewed, signIn: { ...reviewed.signIn, httpsTrigger: { invoker: ['public'] } } };
  expect(differences(reviewed, open)).toEqual([
    'signIn: httpsTrigger is {"invoker":["public"]}, and was {"invoker":["private"]}.',
  ]);
});
