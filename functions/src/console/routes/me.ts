import { Hono } from 'hono';
import type { SignedInUser } from '../../contract/site.ts';
import { noConnection, recordOfAct } from '../../http/users/owner-acts.ts';
import { saveUser } from '../../store/users.ts';
import { recordOwnCall } from '../acts/owner-acts.ts';
import type { ConsoleEnv } from '../requests/environment.ts';

/** `GET /api/me`: who is signed in. */
export const meRoutes = new Hono<ConsoleEnv>().get('/me', async (context) => {
  const user = context.get('user');
  const { uid, email } = user;
  if (await saveUser(context.env.db, user, user.signedInAt)) {
    await recordOwnCall(context, recordOfAct(noConnection(uid), 'sign_in', {}));
  }
  const sandboxAvailable = context.env.simulatorUrl !== undefined;
  return context.json({ uid, email, sandboxAvailable } satisfies SignedInUser);
});
