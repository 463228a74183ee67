/**
 * Firebase Hosting as it is when deployed, in front of the Hosting emulator: the only cookie that reaches a function
 * is `__session`, and an answer sets cookies only if it is marked private. (The emulator forwards every cookie.)
 */
import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demo, seenSecrets } from './own-stack.ts';
import { noteSecrets } from './seen-secrets.ts';

export interface HostingProxy {
  /** Takes requests for itself, and as a forward proxy: browsers can use it with the addresses they show. */
  origin: string;
  /** `fetch`, by way of the proxy for what is addressed to the stack. */
  fetch: typeof fetch;
  stop(): Promise<void>;
}

/** @param target The public origin of the running stack, unless another is given. */
export async function startHostingProxy(target: string = demo().origin): Promise<HostingProxy> {
  const { hostname, port, host } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const { pathname, search } = new URL(incoming.url ?? '/', target);
    const { method } = incoming;
    const headers = { ...incoming.headers, host: forwardedHost(incoming.headers, host, origin) };
    const cookie = sessionCookieOf(headers.cookie);
    if (cookie === undefined) delete headers.cookie;
    else headers.cookie = cookie;
    const forwarded = send({ hostname, port, method, path: pathname + search, headers }, (answer) => {
      const { 'set-cookie': cookies, ...others } = answer.headers;
      const isPrivate = /\bprivate\b/.test(others['cache-control'] ?? '');
      outgoing.writeHead(answer.statusCode ?? 502, {
        ...others,
        ...(isPrivate && cookies ? { 'set-cookie': cookies } : {}),
      });
      noteSecrets(seenSecrets(), [others.location, ...(cookies ?? [])].join(' '));
      answer.on('data', (chunk: Buffer) => noteSecrets(seenSecrets(), chunk.toString()));
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.on('data', (chunk: Buffer) => noteSecrets(seenSecrets(), chunk.toString()));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    fetch: (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      return fetch(url.startsWith(`${target}/`) ? origin + url.slice(target.length) : url, init);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A host that a caller made up passes; the proxy's own is the stack's. */
function forwardedHost({ host = '' }: IncomingHttpHeaders, stack: string, proxy: string): string {
  return proxy.endsWith(`//${host}`) ? stack : host;
}

function sessionCookieOf(header: string | undefined): string | undefined {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith('__session='));
}
