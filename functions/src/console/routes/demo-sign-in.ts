/** `GET /api/demo-sign-in`: the user that the simulator of this machine has for trying `managed` connections. */

import { Hono } from 'hono';
import { demoSignIn } from '../../contract/site.ts';
import { notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';

const TIMEOUT_MS = 5_000;
const USERNAME = 'demo0001';

export const demoSignInRoutes = new Hono<ConsoleEnv>().get('/demo-sign-in', async (context) => {
  const { localMode, simulatorUrl } = context.env;
  if (!localMode || simulatorUrl === undefined) throw notFoundError('demo user');
  // Changes nothing of a user that it has, and tells all of it.
  const answer = await fetch(`${simulatorUrl}/sim/sign-ins/users`, {
    method: 'POST',
    body: JSON.stringify({ username: USERNAME }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw notFoundError('demo user');
  const user = demoSignIn
    .omit({ signInUrl: true })
    .loose()
    .parse(await answer.json());
  const { username, password, totpSecret } = user;
  return context.json(demoSignIn.parse({ username, password, totpSecret, signInUrl: simulatorUrl }));
});
