/** Test support: a mail server that keeps what it is sent. */
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { MailSettings } from '../../notifications/channel-kind.ts';
import { listen } from '../listening.ts';

export interface ReceivedMail {
  to: string[];
  /** By their names in lower case. */
  headers: Map<string, string>;
  /** Lines end as they do in JavaScript. */
  body: string;
}

export interface MailReceiver extends MailSettings {
  received: ReceivedMail[];
  /** What it answers to a recipient or to a mail; null: it takes them. */
  refusal: { at: 'recipient' | 'mail'; code: number; words: string } | null;
  /** Whether it answers at all. */
  isSilent: boolean;
  /** That of the links in the newest mail. */
  lastToken(): string;
}

/** Listens until the test has ended. */
export async function startMailReceiver(): Promise<MailReceiver> {
  const receiver: MailReceiver = {
    ...{ url: '', from: 'IBKR Gateway <gateway@example.com>', received: [] },
    ...{ refusal: null, isSilent: false },
    lastToken: () => /email\/\w+\/\w+\/([\w-]{43})/.exec(receiver.received.at(-1)?.body ?? '')?.[1] ?? '',
  };
  const refuse = (at: 'recipient' | 'mail') => {
    const { refusal } = receiver;
    return refusal?.at === at
      ? Object.assign(new Error(refusal.words), { responseCode: refusal.code })
      : undefined;
  };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onConnect: (_, callback) => {
      if (!receiver.isSilent) callback();
    },
    onRcptTo: (_address, _session, callback) => callback(refuse('recipient')),
    onData: async (stream, session, callback) => {
      const raw = (await text(stream)).replaceAll('\r\n', '\n');
      const refused = refuse('mail');
      if (refused === undefined) {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        receiver.received.push({ to, ...parsed(raw) });
      }
      callback(refused);
    },
  });
  server.on('error', () => {});
  receiver.url = `smtp://user:s3cret@127.0.0.1:${await listen(server.server)}`;
  return receiver;
}

function parsed(raw: string): Pick<ReceivedMail, 'headers' | 'body'> {
  const end = raw.indexOf('\n\n');
  const lines = raw
    .slice(0, end)
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const body = raw.slice(end + 2);
  const byName = new Map(headers);
  const isQuoted = byName.get('content-transfer-encoding') === 'quoted-printable';
  return { headers: byName, body: isQuoted ? unquoted(body) : body };
}

/** RFC 2045, section 6.7. */
function unquoted(text: string): string {
  const bytes = text
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
