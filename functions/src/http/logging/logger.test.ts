import { expect, it } from 'vitest';
import { logged } from '../../testing/logged.ts';
import * as logger from './logger.ts';

it('says what was thrown, with its trace and its cause, and of which request', () => {
  const error = new Error('no %s', { cause: new Error('the cause') });
  logger.log('console_failed', error, { request: 'GET /api/100%' });
  const [entry] = logged('ERROR');
  expect(entry).toMatchObject({ event: 'console_failed', request: 'GET /api/100%' });
  expect(entry?.message).toMatch(
    /^A request of the console failed Error: no %s\n +at [\s\S]*logger\.test\.ts[\s\S]*cause.*: Error: the cause/,
  );
});

it('says what was thrown that is no error', () => {
  logger.log('console_failed', 'a word');
  expect(logged('ERROR')).toMatchObject([{ message: "A request of the console failed 'a word'" }]);
});

it('keeps fields apart, and of an error among them its trace alone', () => {
  const error = Object.assign(new Error('no'), { client: { secret: 'all of it' } });
  logger.log('session_unended', { part: 'one', error });
  const [entry] = logged('WARNING');
  expect(entry).toMatchObject({ message: 'A session at IBKR could not be ended', part: 'one' });
  expect(entry?.error).toMatch(/^Error: no\n +at /);
  expect(JSON.stringify(entry)).not.toContain('all of it');
});

it('gives an error that was not thrown a trace, by which Error Reporting knows it', () => {
  logger.log('registrations_stopped', { inTheLastDay: 1 });
  expect(logged('ERROR')[0]?.message).toMatch(/^Error: No more clients are registered today\n +at /);
});

it('never has the fields of a line stand for its event or severity', () => {
  logger.log('news_sent', { event: 'order_unknown', severity: 'ERROR', message: 'no' });
  logger.log('console_failed', 'a word', { event: 'order_unknown' });
  expect(logged('INFO')).toMatchObject([{ event: 'news_sent', message: 'News was sent' }]);
  expect(logged('ERROR')).toMatchObject([{ event: 'console_failed' }]);
});
