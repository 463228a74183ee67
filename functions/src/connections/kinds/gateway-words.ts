/** What goes wrong on the way to somebody's own gateway, which no outage of IBKR's explains and only its owner can mend. */
import type { BrokerError } from '../../broker/errors.ts';
import { TransportError } from '../../broker/wire/request.ts';
import type { Words } from '../field-words.ts';

/** The first calls of a session: what answers these in another form is no Client Portal Gateway. */
const FIRST_CALLS = /\/iserver\/(auth\/|accounts)|\/tickle|\/portfolio\/accounts/;

/** @returns null where the gateway carried the call, and what went wrong is IBKR's to tell. */
export function gatewayWords(error: BrokerError): Words | null {
  const { problem, cause } = error;
  switch (problem.name) {
    case 'unreachable':
      return noWayWords(cause instanceof TransportError ? cause : null);
    case 'no_answer':
      return cause instanceof TransportError && !cause.maybeSent ? NO_CONNECTION : SILENT;
    case 'refused':
    case 'opening_refused':
    case 'server_error':
      return error.reason === null ? answerWords(error) : null;
    case 'unexpected_answer':
      return FIRST_CALLS.test(error.endpoint ?? '') ? NO_GATEWAY : null;
    default:
      return null;
  }
}

const NO_GATEWAY = {
  message: 'Something answers at the address of your gateway, but not as a Client Portal Gateway does.',
  hint: 'Check host, port and path: IBKR’s program listens on port 5000 unless its conf.yaml says otherwise.',
};
const NO_CONNECTION = {
  message: 'No connection to your gateway could be made in time.',
  hint: 'Check the address, and whether a firewall blocks this service.',
};
const SILENT = {
  message: 'Your gateway took the call and did not answer in time.',
  hint: 'Check in a browser that it is signed in and answers. If it does not, start it again.',
};

/** No HTTP answer came. */
function noWayWords(failure: TransportError | null): Words {
  const code = codeOf(failure?.cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      message: 'The host name in the address of your gateway was not found.',
      hint: 'Check the spelling. A name that only your own network knows cannot be found from here.',
    };
  }
  if (code === 'ECONNREFUSED') {
    return {
      message: 'The machine at the address of your gateway refuses connections on that port.',
      hint: 'Check that the gateway, or the proxy in front of it, is running, and that the port is right.',
    };
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    return { message: 'There is no way to the address of your gateway.', hint: NO_CONNECTION.hint };
  }
  if (/SSL|TLS|EPROTO/.test(code)) {
    return {
      message: 'What answers at the address of your gateway does not speak HTTPS.',
      hint: 'Check the port: with a proxy in front it is the proxy’s, which has the certificate.',
    };
  }
  return {
    message: 'The connection to your gateway broke before an answer came.',
    hint: 'Check that the address leads to the gateway, and that it is running. Then try again.',
  };
}

/** An answer that is not in IBKR's own words. */
function answerWords({ status, endpoint, problem, location }: BrokerError): Words | null {
  if (status === 403) {
    return {
      message: 'Your gateway, or a proxy in front of it, refuses this service (403).',
      hint: 'Allow the address that calls come from under ips.allow in the gateway’s conf.yaml, and check the secret header of the proxy.',
    };
  }
  if (status !== null && status >= 300 && status < 400) {
    if (!isLoginPage(location)) {
      return {
        message: `What answers at the address of your gateway leads to another page (${status}), and not to the sign-in page of a Client Portal Gateway.`,
        hint: `${NO_GATEWAY.hint} If a proxy in front of it asks who calls, give this service a secret header that it lets through.`,
      };
    }
    return {
      message: 'Your gateway sends this service to another page, as it does while nobody is signed in there.',
      hint: 'Sign in to the gateway in a browser, then test again.',
    };
  }
  if (status === 404) return { ...NO_GATEWAY, message: `${NO_GATEWAY.message.slice(0, -1)} (404).` };
  if (status === 502 || status === 504) {
    return {
      message: `The proxy in front of your gateway gets no answer from it (${status}).`,
      hint: 'Check that the gateway is running and that the proxy leads to it.',
    };
  }
  // At night IBKR itself answers so.
  const isOwn = problem.name === 'server_error' && !problem.isNightlyReset;
  if (isOwn && FIRST_CALLS.test(endpoint ?? '')) {
    return {
      message: `What answers at the address of your gateway fails (${status}).`,
      hint: 'Open the gateway in a browser. If it works there, try again in a minute; if not, start it again.',
    };
  }
  return null;
}

/** Of IBKR’s program, wherever a proxy has it. */
function isLoginPage(location: string | undefined): boolean {
  const page = location === undefined ? null : URL.parse(location, 'https://gateway.invalid/');
  return page?.pathname.includes('/sso/') ?? false;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
