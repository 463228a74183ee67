/** `GET /api/config`: what a page has to know before anybody is signed in. Nothing in it is secret. */
import { Hono } from 'hono';
import type { ConsoleEnv } from './environment.ts';

/** Where and as what the pages sign people in, as Firebase's browser library takes it. */
interface PublicConfig {
  projectId: string;
  /** Names the project to Firebase. Null when the deployment was given none: nobody can sign in then. */
  apiKey: string | null;
  authDomain: string;
  /** The origin of the Auth emulator that stands in for Firebase on one machine. */
  authEmulator: string | null;
}

export const publicConfigRoutes = new Hono<ConsoleEnv>().get('/config', (context) => {
  const { projectId, webApiKey, authEmulator } = context.env;
  const config: PublicConfig = {
    projectId,
    // The emulator takes any key, but Firebase's library insists on one.
    apiKey: webApiKey ?? (authEmulator === undefined ? null : 'emulator'),
    authDomain: `${projectId}.firebaseapp.com`,
    authEmulator: authEmulator === undefined ? null : `http://${authEmulator}`,
  };
  return context.json(config);
});
