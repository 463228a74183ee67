/** Fetching what a client publishes of itself (Client ID Metadata Documents), from addresses that strangers choose. */
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { checkedLookup, isLoopbackHost, isPublicHost, type Network } from '../../network/public-address.ts';

const TIMEOUT_MS = 2_500;
const MOST_BYTES = 5 * 1024;
const MOST_ADDRESS_CHARACTERS = 255;
const LEAST_FRESH_SECONDS = 300;
const MOST_FRESH_SECONDS = 86_400;

export interface FetchedDocument {
  text: string;
  /** For how long it may be used without asking again. */
  freshSeconds: number;
}

/** The document could not be had. */
export class DocumentFetchFailed extends Error {
  override readonly name = 'DocumentFetchFailed';
  /** Its server says that there is no such document, as opposed to not having answered well. */
  readonly gone: boolean;

  constructor(message: string, options: { gone?: boolean; cause?: unknown } = {}) {
    super(message, options);
    this.gone = options.gone ?? false;
  }
}

/**
 * Whether a client id may be the address of a document: https, a public host name and a path of its own. On one's own
 * machine the machine itself may be asked, too, on any port.
 */
export function isDocumentAddress(clientId: string, network: Network): boolean {
  const url = URL.parse(clientId);
  if (url === null || clientId.length > MOST_ADDRESS_CHARACTERS || url.href !== clientId) return false;
  const { protocol, hostname, port, pathname, search, hash, username, password } = url;
  if (protocol !== 'https:' || pathname === '/' || [search, hash, username, password].join('') !== '') {
    return false;
  }
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!isPublicHost(host, network)) return false;
  return isOwnMachine(host, network) || (port === '' && isIP(host) === 0);
}

/**
 * Fetches a document: no redirects, no cookies, and only from addresses that may be reached, which is judged after
 * the name is resolved and before anything is connected to.
 * @throws {DocumentFetchFailed}
 */
export async function fetchDocument(address: string, network: Network): Promise<FetchedDocument> {
  const { hostname } = new URL(address);
  const dispatcher = new Agent({
    connect: {
      lookup: checkedLookup(network, () => new DocumentFetchFailed('its address is not a public one')),
      timeout: TIMEOUT_MS,
      // Its own certificate is all that one's own machine has.
      rejectUnauthorized: !isOwnMachine(hostname.replace(/^\[|\]$/g, ''), network),
    },
  });
  try {
    const { statusCode, headers, body } = await request(address, {
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json', 'user-agent': 'ibkr-gateway' },
    });
    if (statusCode !== 200) {
      throw new DocumentFetchFailed(`it was answered with ${statusCode}`, {
        gone: [404, 410].includes(statusCode),
      });
    }
    if (!/^application\/([\w.-]+\+)?json\b/i.test(String(headers['content-type']))) {
      throw new DocumentFetchFailed('it is not JSON');
    }
    const chunks: Buffer[] = [];
    let received = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > MOST_BYTES) throw new DocumentFetchFailed(`it is larger than ${MOST_BYTES} bytes`);
      chunks.push(chunk);
    }
    return {
      text: Buffer.concat(chunks).toString(),
      freshSeconds: freshSeconds(String(headers['cache-control'] ?? '')),
    };
  } catch (cause) {
    if (cause instanceof DocumentFetchFailed) throw cause;
    throw new DocumentFetchFailed('its server could not be reached', { cause });
  } finally {
    await dispatcher.destroy();
  }
}

function isOwnMachine(host: string, { localMode }: Network): boolean {
  return localMode && isLoopbackHost(host);
}

function freshSeconds(cacheControl: string): number {
  const asked = Number(/\bmax-age\s*=\s*(\d+)/i.exec(cacheControl)?.[1] ?? 0);
  return Math.min(MOST_FRESH_SECONDS, Math.max(LEAST_FRESH_SECONDS, asked));
}
