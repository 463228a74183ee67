/** Requests to addresses that owners choose: only to public ones, never redirected, bounded in time and size. */
import { Agent, type Dispatcher, request } from 'undici';
import {
  checkedLookup,
  isLoopbackHost,
  isPublicHost,
  isWebPort,
  type Network,
} from '../network/public-address.ts';
import type { NoAnswerReason } from '../store/news/deliveries.ts';
import { plainText } from '../text/outside-text.ts';
import type { SendResult } from './channel-kind.ts';
import { retryAfterMs } from './retry-delays.ts';

const DEADLINE_MS = 10_000;
const MOST_BYTES = 64 * 1024;
/** What is told of an answer. */
const SHOWN_CHARACTERS = 200;

/** Why there was no answer, in words for the owner. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly reason: NoAnswerReason;

  constructor(
    message: string,
    { reason = 'connection_refused', ...options }: ErrorOptions & { reason?: NoAnswerReason } = {},
  ) {
    super(message, options);
    this.reason = reason;
  }
}

export interface OutboundAnswer {
  status: number;
  retryAfter: string | undefined;
  /** The beginning of its body, without markup and what cannot be seen. */
  text: string;
  /** All of its body, as it came. */
  body: string;
}

/**
 * What is wrong with an address that news is to be sent to; null: nothing. On one's own machine that machine may be asked, too.
 * Nothing is resolved or connected to.
 */
export function addressFault(text: string, network: Network): string | null {
  const url = URL.parse(text);
  if (url === null) return 'This is no address, such as https://example.com/news.';
  const host = hostOf(url);
  if (!isPublicHost(host, network)) return 'Only addresses in the public Internet can be reached.';
  const isOwn = isOwnMachine(host, network);
  if (url.protocol !== 'https:' && !(isOwn && url.protocol === 'http:'))
    return 'It has to begin with https://.';
  if (url.username !== '' || url.password !== '')
    return 'It must have no name and password in front of the host.';
  if (!isOwn && !isWebPort(url.port)) return 'No web server is asked at this port.';
  return null;
}

/**
 * Sends a body and waits for the answer.
 * @throws {NoAnswer}
 */
export async function postOutbound(
  address: string,
  { headers, body }: { headers: Record<string, string>; body: string | Buffer },
  network: Network,
  deadlineMs = DEADLINE_MS,
): Promise<OutboundAnswer> {
  const fault = addressFault(address, network);
  if (fault !== null) throw new NoAnswer(fault);
  const dispatcher = new Agent({
    connect: {
      lookup: checkedLookup(
        network,
        () => new NoAnswer('Only addresses in the public Internet can be reached.'),
      ),
      timeout: deadlineMs,
      // Its own certificate is all that one's own machine has.
      rejectUnauthorized: !isOwnMachine(hostOf(new URL(address)), network),
    },
  });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const call = { method: 'POST', headers: { 'user-agent': 'ibkr-gateway', ...headers }, body } as const;
    const answer = await request(address, { ...call, dispatcher, signal });
    const { 'retry-after': retryAfter } = answer.headers;
    const received = await textOf(answer.body);
    return {
      status: answer.statusCode,
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
      text: plainText(received, SHOWN_CHARACTERS),
      body: received,
    };
  } catch (cause) {
    throw noAnswer(cause, signal, deadlineMs);
  } finally {
    await dispatcher.destroy();
  }
}

/**
 * Sends a message and says how it went; never throws for what is wrong at the other end.
 * @param gone The statuses by which whoever answers wants no more of it, ever.
 */
export async function sendOutbound(
  address: string,
  message: { headers: Record<string, string>; body: string | Buffer },
  network: Network,
  gone: readonly number[],
): Promise<SendResult> {
  const now = new Date();
  try {
    const { status, retryAfter, text } = await postOutbound(address, message, network);
    if (status >= 200 && status < 300) return { outcome: 'delivered', status, error: null };
    const error = `It answered ${status}${text === '' ? '' : `: ${text}`}`;
    if (gone.includes(status)) return { outcome: 'gone', status, error };
    return { outcome: 'failed', status, error, retryAfterMs: retryAfterMs(retryAfter, now) };
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause;
    return { outcome: 'failed', status: null, error: cause.message, reason: cause.reason };
  }
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    received += chunk.length;
    if (received > MOST_BYTES) throw new NoAnswer(`It answered with more than ${MOST_BYTES / 1024} KiB.`);
  }
  return Buffer.concat(chunks).toString();
}

function noAnswer(cause: unknown, signal: AbortSignal, deadlineMs: number): NoAnswer {
  const behind = cause instanceof Error && cause.cause instanceof NoAnswer ? cause.cause : cause;
  if (behind instanceof NoAnswer) return behind;
  const words = signal.aborted
    ? `It did not answer within ${deadlineMs / 1_000} seconds.`
    : `It could not be reached${codeOf(cause)}.`;
  const reason = signal.aborted ? 'timeout' : isOfTls(cause) ? 'tls_error' : 'connection_refused';
  return new NoAnswer(words, { cause, reason });
}

function isOfTls(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && /TLS|SSL|CERT/.test(String(cause.code));
}

/** Such as `ECONNREFUSED`, by which whoever runs the server knows what it is. */
function codeOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : '';
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function isOwnMachine(host: string, { localMode }: Network): boolean {
  return localMode && isLoopbackHost(host);
}
