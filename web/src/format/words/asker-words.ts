/** Who asked for an order. */
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';

type App = Intent['app'];

/** What its owner knows it by. What a program calls itself in a call proves nothing, and names it only for want of that. */
export function askerName({ source, label, name }: App): string {
  if (source === 'console') return 'You, in the console';
  if (label === '') return name;
  return source === 'api_key' ? `Your key “${label}”` : label;
}

/**
 * What else is known of who asked, to follow the name: `, an app that you connected`.
 * @param redirectHost Where the answers of a connected app go, if it is still connected.
 */
export function askerDetails({ source, label, name }: App, redirectHost: string | undefined): string {
  if (source === 'console') return '';
  const isItsName = label === '' || label === name;
  if (source === 'api_key') {
    if (label === '') return ', a program with an API key of yours,';
    return isItsName ? '' : `, used by a program that calls itself “${name}”,`;
  }
  const where = redirectHost === undefined ? '' : `, answered at ${redirectHost}`;
  return `, an app that you connected${where}${isItsName ? '' : `, calling itself “${name}” now`},`;
}
