import { Hono } from 'hono';
import type { SignedInUser } from '../../contract/site.ts';
import { saveUser } from '../../store/users.ts';
import type { ConsoleEnv } from '../environment.ts';

/** `GET /api/me`: who is signed in. */
export const meRoutes = new Hono<ConsoleEnv>().get('/me', async (context) => {
  const user = context.get('user');
  await saveUser(context.env.db, user);
  const { uid, email } = user;
  const sandboxAvailable = context.env.simulatorUrl !== undefined;
  return context.json({ uid, email, sandboxAvailable } satisfies SignedInUser);
});
