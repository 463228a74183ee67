/**
 * The functions runtime runs each request in a domain of Node.js (`node:domain`), for what is thrown outside of promises.
 * While one is entered, Node.js marks each promise, timer and emitter with it: a fifth of a call's processor time.
 */
import type { Domain } from 'node:domain';
import * as logger from './logging/logger.ts';

let isKept = false;

/** Leaves the domain of the request that is being answered. What it was for is kept: see `keepInstance`. */
export function leaveDomain(): void {
  const { domain } = process as { domain?: Pick<Domain, 'exit'> | null };
  // There is none on one's own machine.
  if (!domain) return;
  domain.exit();
  if (!isKept) keepInstance();
  isKept = true;
}

/**
 * What a library throws outside of promises ends no more than the call that it was for, as in a domain, where the runtime would
 * end the instance with all calls under way. That call is answered when its time is over, as every call is.
 */
function keepInstance(): void {
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => logger.log('thrown_uncaught', error));
}
