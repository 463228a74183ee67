/**
 * The functions runtime runs each request in a domain of Node.js (`node:domain`), for what is thrown outside of promises. From
 * the first domain on, Node.js follows every promise, timer and emitter of the process, from when it is made until it is
 * collected: a third of a call's processor time.
 */
import type * as Domains from 'node:domain';
import * as logger from './logging/logger.ts';

let isKept = false;

/**
 * Has the runtime run requests in no domain. What one is for is kept: see `keepInstance`. To be called before the first
 * request, and not where events are taken, for which the runtime asks for its domain.
 */
export function runWithoutDomains(): void {
  // The runtime has loaded the module. Where nothing has, as on one's own machine, there are no domains either.
  if (!('domain' in process)) return;
  const domains: Partial<typeof Domains> = process.getBuiltinModule('node:domain');
  Object.assign(domains, { create: () => NO_DOMAIN });
}

/** What the runtime uses of a domain. */
const NO_DOMAIN = {
  on() {},
  run(answer: () => void) {
    // The runtime has its own listener since the functions were loaded.
    if (!isKept) keepInstance();
    isKept = true;
    answer();
  },
};

/**
 * What a library throws outside of promises ends no more than the call that it was for, as in a domain, where the runtime would
 * end the instance with all calls under way. That call is answered when its time is over, as every call is.
 */
function keepInstance(): void {
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => logger.log('thrown_uncaught', error));
}
