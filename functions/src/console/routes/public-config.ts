/** `GET /api/config`: what a page has to know before anybody is signed in. Nothing in it is secret. */

import { Hono } from 'hono';
import type { PublicConfig } from '../../contract/site.ts';
import type { ConsoleEnv } from '../requests/environment.ts';

export const publicConfigRoutes = new Hono<ConsoleEnv>().get('/config', (context) => {
  const { projectId, webApiKey, authEmulator, auditDays, managedSignIn, mail, operator } = context.env;
  const config: PublicConfig = {
    projectId,
    // The emulator takes any key, but Firebase's library insists on one.
    apiKey: webApiKey ?? (authEmulator === undefined ? null : 'emulator'),
    authDomain: `${projectId}.firebaseapp.com`,
    authEmulator: authEmulator === undefined ? null : `http://${authEmulator}`,
    auditDays,
    managedSignIn,
    sendsMail: mail !== undefined,
    operator,
  };
  return context.json(config);
});
