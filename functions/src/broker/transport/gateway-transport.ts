/** The transport of `gateway` connections: a Client Portal Gateway that the user runs, by its URL. */

import { isIPv4 } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import {
  checkedLookup,
  isLoopback,
  isLoopbackHost,
  isPublicHost,
  isWebPort,
  type Network,
} from '../../network/public-address.ts';
import { BrokerError, type FieldFault } from '../errors.ts';
import { type CertificateTrust, certificateRefusal, fingerprintOf, parseTrust } from './certificate-pin.ts';
import { faultsOf, type Unfinished } from './field-faults.ts';
import { CONNECT_TIMEOUT_MS, openPool, refusedError, sendRequest } from './http-request.ts';
import type { Transport } from './transport.ts';

const CALL_TIMEOUT_MS = 20_000;
const API_PATH = '/v1/api';

/** What the user enters. */
export interface GatewayConfig {
  /** `https://host[:port][/path]`; the path of IBKR's API is added when it is missing. */
  url: string;
  /** Sent with every request, such as the secret of a proxy in front of the gateway. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** PEM of the authority or of the gateway's own certificate, or that certificate's SHA-256 fingerprint. */
  ca?: string | undefined;
}

/**
 * Checks what the user entered; nothing is resolved or connected to.
 * @returns the same in canonical form: the URL with `/v1/api`, header names in lower case.
 * @throws {BrokerError} that names the field and what is wrong with it.
 */
export function checkGatewayConfig(config: GatewayConfig, network: Network): GatewayConfig {
  if (config.ca !== undefined) parseTrust(config.ca);
  return {
    ...config,
    url: gatewayApiUrl(config.url, network).href,
    headers: config.headers && checkHeaders(config.headers),
  };
}

/** The same check of every part that is there, by itself. @returns what is wrong, by the name of the part. */
export function gatewayFaults(
  { url, headers, ca }: Unfinished<GatewayConfig>,
  network: Network,
): Promise<Map<string, BrokerError>> {
  return faultsOf([
    () => url && gatewayApiUrl(url, network),
    () => headers && checkHeaders(headers),
    () => ca && parseTrust(ca),
  ]);
}

/**
 * Opens nothing yet; connections are made on demand and kept alive.
 * A call ends with a `refused` TransportError, its cause a BrokerError, when the address or the
 * certificate is refused; not a byte of the request has left then.
 * @param owner Whose gateway it is.
 * @throws {BrokerError} when the configuration is not valid.
 */
export function gatewayTransport(config: GatewayConfig, network: Network, owner?: string): Transport {
  const { origin, pathname } = gatewayApiUrl(config.url, network);
  const headers = checkHeaders(config.headers ?? {});
  const target = {
    pool: openPool(origin, gatewayConnector(parseTrust(config.ca), network)),
    basePath: pathname,
    callTimeoutMs: CALL_TIMEOUT_MS,
    owner,
  };
  return {
    send: (request) => sendRequest(target, request, headers),
    close: () => target.pool.close(),
  };
}

/** Connects only to addresses that may be reached, and hands out the socket only if its certificate may be used. */
function gatewayConnector(trust: CertificateTrust, network: Network): buildConnector.connector {
  const { authorities } = trust;
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    maxCachedSessions: 0, // a resumed session shows no certificate
    lookup: checkedLookup(network, () => refusedError(notPublicError())),
    // The verdict falls below, with OpenSSL's in hand: a pinned certificate does without a name and dates.
    rejectUnauthorized: false,
    ...(authorities === 'system' ? {} : { ca: authorities === 'none' ? [] : [...authorities] }),
  });
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error) return callback(error, null);
      const refusal = socket instanceof TLSSocket ? tlsRefusal(socket, trust, network) : undefined;
      if (!refusal) return callback(null, socket);
      socket.destroy();
      callback(refusedError(refusal), null);
    });
  };
}

function tlsRefusal(socket: TLSSocket, trust: CertificateTrust, network: Network): BrokerError | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificateRefusal(
    {
      fingerprint: certificate ? fingerprintOf(certificate) : '',
      verifyError: socket.authorized ? undefined : String(socket.authorizationError),
      onOwnMachine:
        network.localMode && socket.remoteAddress !== undefined && isLoopback(socket.remoteAddress),
    },
    trust,
  );
}

/**
 * The base URL of a gateway's API, `/v1/api` added when missing, without a trailing slash.
 * @throws {BrokerError} for anything but an HTTPS URL of a host that may be reached.
 */
export function gatewayApiUrl(input: string, network: Network): URL {
  const url = URL.parse(input.trim());
  if (!url) {
    throw invalid('url', { is: 'not_url' });
  }
  url.hostname = url.hostname.replace(/\.$/, '');
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (
    url.protocol !== 'https:' &&
    !(url.protocol === 'http:' && network.localMode && isLoopbackHost(hostname))
  ) {
    throw invalid('url', { is: 'not_https' });
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('url', { is: 'has_user' });
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('url', { is: 'has_query' });
  }
  if (isIPv4(hostname) && !input.includes(hostname)) {
    throw invalid('url', { is: 'unusual_address' });
  }
  if (!isPublicHost(hostname, network)) throw notPublicError();
  if (!isLoopbackHost(hostname) && !isWebPort(url.port)) throw invalid('url', { is: 'not_web_port' });

  const path = url.pathname.replace(/(?<!\/)\/+$/, '');
  url.pathname = path.endsWith(API_PATH) ? path : path + API_PATH;
  return url;
}

function notPublicError(): BrokerError {
  return invalid('url', { is: 'not_public' });
}

/** Names that say how a message is framed or what is in it, which is not for the user to say. */
const FRAMING_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/.test(key)) {
      throw invalid('headers', { is: 'header_name' });
    }
    if (FRAMING_HEADERS.has(key)) throw invalid('headers', { is: 'header_framing', header: key });
    if (checked.has(key)) throw invalid('headers', { is: 'header_twice', header: key });
    if (!/^[\x21-\x7e]([\x20-\x7e]{0,4094}[\x21-\x7e])?$/.test(value)) {
      throw invalid('headers', { is: 'header_value', header: key });
    }
    checked.set(key, value);
  }
  return Object.fromEntries(checked);
}

function invalid(field: keyof GatewayConfig, fault: FieldFault): BrokerError {
  return new BrokerError({ name: 'field', field, fault });
}
