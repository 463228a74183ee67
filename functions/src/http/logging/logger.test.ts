import { expect, it } from 'vitest';
import { logged } from '../../testing/logged.ts';
import * as logger from './logger.ts';

it('says what was thrown, with its trace and its cause', () => {
  logger.error('100% of it failed', new Error('no %s', { cause: new Error('the cause') }));
  const [entry] = logged('ERROR');
  expect(entry?.message).toMatch(
    /^100% of it failed Error: no %s\n +at [\s\S]*logger\.test\.ts[\s\S]*cause.*: Error: the cause/,
  );
});

it('says what was thrown that is no error', () => {
  logger.error('It failed', 'a word');
  expect(logged('ERROR')).toMatchObject([{ message: "It failed 'a word'" }]);
});

it('keeps fields apart, and of an error among them its trace alone', () => {
  const error = Object.assign(new Error('no'), { client: { secret: 'all of it' } });
  logger.warn('It failed', { part: 'one', error });
  const [entry] = logged('WARNING');
  expect(entry).toMatchObject({ message: 'It failed', part: 'one' });
  expect(entry?.error).toMatch(/^Error: no\n +at /);
  expect(JSON.stringify(entry)).not.toContain('all of it');
});

it('gives an error that was not thrown a trace, by which Error Reporting knows it', () => {
  logger.error('It failed', { part: 'one' });
  expect(logged('ERROR')[0]?.message).toMatch(/^Error: It failed\n +at /);
});
