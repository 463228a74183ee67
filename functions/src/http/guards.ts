/**
 * Where a request may come from. The bare function address is public too, so nothing is trusted for having come
 * through Hosting.
 */
import type { Config } from '../config.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Addresses under which Google runs functions: where Hosting's own requests arrive. */
const FUNCTION_HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)?\.(run\.app|cloudfunctions\.net)$/;

/** Whether every host name in a request is ours. A page whose name was made to resolve here (DNS rebinding) has another. */
export function isOwnHost(request: Request, config: Config): boolean {
  const forwarded = request.headers.get('x-forwarded-host');
  const names = [request.headers.get('host'), ...(forwarded ?? '').split(',')];
  return names.every((name) => name === null || name.trim() === '' || isOurs(name.trim(), config));
}

function isOurs(host: string, { publicOrigin, localMode }: Config): boolean {
  const name = host.toLowerCase();
  if (name === new URL(publicOrigin).host || FUNCTION_HOST.test(name)) return true;
  return localMode && LOOPBACK_NAMES.includes(name.replace(/:\d+$/, ''));
}

/** Whether a request comes from a program, which sends no `Origin`, or from a page of our own. */
export function isOwnOrigin(request: Request, { publicOrigin }: Config): boolean {
  const origin = request.headers.get('origin');
  return origin === null || origin === publicOrigin;
}
