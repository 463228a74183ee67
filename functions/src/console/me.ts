import { Hono } from 'hono';
import { saveUser } from '../store/users.ts';
import type { ConsoleEnv } from './environment.ts';

/** `GET /api/me`: who is signed in. */
export const meRoutes = new Hono<ConsoleEnv>().get('/me', async (context) => {
  const user = context.get('user');
  await saveUser(context.env.db, user);
  return context.json({ ...user, sandboxAvailable: context.env.simulatorUrl !== undefined });
});
