/** `POST /api/connections/check`: a form for a connection, checked while it is filled in; nothing is stored or reached. */

import { Hono } from 'hono';
import { wordsOf } from '../../connections/broker-words.ts';
import { KINDS } from '../../connections/kinds/index.ts';
import { type ConnectionCheck, unfinishedConnection } from '../../contract/connection.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { jsonBody } from '../requests/request-body.ts';

export const connectionCheckRoutes = new Hono<ConsoleEnv>().post('/connections/check', async (context) => {
  const { kind, ...entered } = await jsonBody(context, unfinishedConnection);
  const { localMode } = context.env;
  const faults = await KINDS[kind].faults(entered, { localMode }, context.req.raw.signal);
  const fields = Object.fromEntries(
    [...faults].map(([field, fault]) => {
      const { message, hint } = wordsOf(fault);
      return [field, `${message} ${hint}`];
    }),
  );
  return context.json({ fields } satisfies ConnectionCheck);
});
