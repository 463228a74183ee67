import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyCharacter } from '../../testing/any-character.ts';
import { startMailReceiver } from '../../testing/receivers/mail-receiver.ts';
import { type Mail, sendMail } from './mail-server.ts';

const MAIL: Mail = {
  to: 'me@example.com',
  subject: 'An order waits for you',
  text: 'An order waits for you.\n',
  id: 'one',
  stopUrl: 'https://gateway.example/api/email/stop/c/t',
};

it('sends plain text, with what ends such mails by one request (RFC 8058)', async () => {
  const receiver = await startMailReceiver();
  expect(await sendMail(receiver, MAIL)).toEqual({ outcome: 'delivered', status: null, error: null });
  const [mail] = receiver.received;
  expect(mail?.to).toEqual(['me@example.com']);
  expect(mail?.body).toBe('An order waits for you.\n');
  expect(Object.fromEntries(mail?.headers ?? [])).toEqual({
    from: 'IBKR Gateway <gateway@example.com>',
    to: 'me@example.com',
    subject: 'An order waits for you',
    'message-id': '<one@example.com>',
    'list-unsubscribe': '<https://gateway.example/api/email/stop/c/t>',
    'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    'auto-submitted': 'auto-generated',
    date: expect.any(String),
    'mime-version': '1.0',
    'content-type': 'text/plain; charset=utf-8',
    'content-transfer-encoding': '7bit',
  });
});

it.each([
  ['a mailbox that is not there', 'recipient', 550, 'gone', 'The mail server answered 550: 550 No such user'],
  ['a full mailbox', 'recipient', 452, 'failed', 'The mail server answered 452: 452 No such user'],
  ['a mail that is not liked', 'mail', 554, 'failed', 'The mail server answered 554.'],
] as const)('says of %s whether it is worth another try', async (_, at, code, outcome, error) => {
  const receiver = await startMailReceiver();
  receiver.refusal = { at, code, words: 'No such user' };
  expect(await sendMail(receiver, MAIL)).toEqual({ outcome, status: code, error });
});

it('gives up on a server that says nothing, and on one that is not there, without telling its password', async () => {
  const receiver = await startMailReceiver();
  receiver.isSilent = true;
  const silent = await sendMail(receiver, MAIL, 200);
  expect(silent).toEqual({
    outcome: 'failed',
    status: null,
    error: 'The mail server did not answer within 0.2 seconds.',
  });
  const nowhere = await sendMail({ ...receiver, url: 'smtp://user:s3cret@127.0.0.1:1' }, MAIL);
  expect(nowhere).toEqual({
    outcome: 'failed',
    status: null,
    error: 'The mail server could not be reached.',
  });
});

it('lets no text become a header, a recipient or a command', { timeout: 60_000 }, async () => {
  const receiver = await startMailReceiver();
  const inject = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\r\nBcc: you@example.com\r\n',
    '\r\n.\r\nMAIL FROM:<a@b>\r\n',
    ', ',
  );
  const hostile = fc
    .array(fc.oneof(inject, anyCharacter, fc.string()), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(hostile, hostile, fc.emailAddress(), async (subject, text, to) => {
      receiver.received = [];
      await sendMail(receiver, { ...MAIL, subject: `News ${subject}`, text, to });
      expect(receiver.received).toHaveLength(1);
      const [mail] = receiver.received;
      expect(mail?.to).toHaveLength(1);
      expect([...(mail?.headers.keys() ?? [])].toSorted()).toEqual([
        'auto-submitted',
        'content-transfer-encoding',
        'content-type',
        'date',
        'from',
        'list-unsubscribe',
        'list-unsubscribe-post',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ]);
    }),
    { numRuns: 60 },
  );
});
