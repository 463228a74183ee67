/** `POST /api/connections/check`: a form for a connection, checked while it is filled in; nothing is stored or reached. */
import { Hono } from 'hono';
import { z } from 'zod';
import { gatewayFaults } from '../broker/transport/gateway-transport.ts';
import { oauthFaults } from '../broker/transport/oauth-credentials.ts';
import { gatewaySecrets, oauthSecrets } from '../connections/pool.ts';
import type { ConsoleEnv } from './environment.ts';
import { jsonBody } from './request-body.ts';

const unfinished = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('gateway'), ...gatewaySecrets.partial().shape }),
  z.strictObject({ kind: z.literal('oauth'), ...oauthSecrets.partial().shape }),
]);

export const connectionCheckRoutes = new Hono<ConsoleEnv>().post('/connections/check', async (context) => {
  const input = await jsonBody(context, unfinished);
  const { localMode } = context.env;
  const faults =
    input.kind === 'gateway'
      ? await gatewayFaults(input, { localMode })
      : await oauthFaults(input, { localMode });
  const fields = Object.fromEntries(
    [...faults].map(([field, { message, hint }]) => [field, `${message} ${hint}`]),
  );
  return context.json({ fields });
});
