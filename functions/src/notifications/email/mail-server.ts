/** The operator's mail server, by SMTP. */
import { plainText } from '../../text/outside-text.ts';
import type { MailSettings, SendResult } from '../channel-kind.ts';

const DEADLINE_MS = 15_000;
/** What is told of an answer. */
const SHOWN_CHARACTERS = 200;

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The same for the same message, so that one that comes twice is known. */
  id: string;
  /** Where its recipient ends mails like this with one request (RFC 8058); null: there is nothing to end. */
  stopUrl: string | null;
}

/** Sends one mail. Never throws for what is wrong at the other end. */
export async function sendMail(
  { url, from }: MailSettings,
  { to, subject, text, id, stopUrl }: Mail,
  deadlineMs = DEADLINE_MS,
): Promise<SendResult> {
  // Loaded where there is mail to send.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    url,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
  });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    await transport.sendMail({
      from,
      to: { name: '', address: to },
      subject,
      text,
      messageId: `<${id}@${senderDomain(from)}>`,
      headers: { 'Auto-Submitted': 'auto-generated', ...(stopUrl !== null && stopHeaders(stopUrl)) },
      signal,
    });
    return { outcome: 'delivered', status: null, error: null };
  } catch (cause) {
    return failed(cause, signal, deadlineMs);
  } finally {
    transport.close();
  }
}

function stopHeaders(url: string) {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

function senderDomain(from: string): string {
  return /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
}

/** By what SMTP answered: one that has no such mailbox has none later either; all else may be different then. */
function failed(cause: unknown, signal: AbortSignal, deadlineMs: number): SendResult {
  const { responseCode, response, command } = Object(cause) as {
    responseCode?: number;
    response?: string;
    command?: string;
  };
  if (signal.aborted || responseCode === undefined) {
    const error = signal.aborted
      ? `The mail server did not answer within ${deadlineMs / 1_000} seconds.`
      : 'The mail server could not be reached.';
    return { outcome: 'failed', status: null, error };
  }
  const isGone = command === 'RCPT TO' && responseCode >= 500 && responseCode !== 503;
  const answer = command === 'RCPT TO' ? `: ${plainText(response ?? '', SHOWN_CHARACTERS)}` : '.';
  const error = `The mail server answered ${responseCode}${answer}`;
  return { outcome: isGone ? 'gone' : 'failed', status: responseCode, error };
}
