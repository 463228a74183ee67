/** `GET /api/health`, whether this answers at all; and `GET /api/status`, how the service is, for its operators. */

import { Hono } from 'hono';
import type { Health, ServiceStatus } from '../../contract/site.ts';
import * as logger from '../../http/logging/logger.ts';
import type { Service } from '../../service.ts';
import { countUpkeepLag } from '../../store/upkeep-lag.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';

/** The schedule comes every minute, and its tasks take up to one. */
const OVERDUE_MS = 5 * 60_000;

/** Asks no storage: whoever watches it from outside may ask often. */
export const healthRoutes = new Hono<ConsoleEnv>().get('/health', (context) =>
  context.json({ status: 'ok' } satisfies Health),
);

export const statusRoutes = new Hono<ConsoleEnv>().get('/status', async (context) => {
  const { email, isEmailVerified } = context.get('user');
  if (!isEmailVerified || !context.env.operatorEmails.includes(email.toLowerCase())) {
    throw new ApiError(403, 'not_operator', 'Only the operator of this gateway may see its status.');
  }
  const at = new Date();
  const checks = await Promise.all([keys(context.env), upkeep(context.env, at)]);
  const all = checks.flat();
  const status: ServiceStatus = {
    status: all.every((check) => check.isWell) ? 'well' : 'attention',
    at: at.toISOString(),
    checks: all,
  };
  return context.json(status);
});

type Check = ServiceStatus['checks'][number];

async function keys({ vault }: Pick<Service, 'vault'>): Promise<Check[]> {
  const place = 'status';
  const isWell = Buffer.from(vault.open(place, vault.seal(place, Buffer.from(place)))).toString() === place;
  return [{ name: 'vault', isWell, detail: `Seals by the key ${vault.sealingKeyId}.` }];
}

async function upkeep({ db }: Pick<Service, 'db'>, at: Date): Promise<Check[]> {
  try {
    const lag = await countUpkeepLag(db, new Date(at.getTime() - OVERDUE_MS));
    const late = (what: string, count: number) => ({
      isWell: count === 0,
      detail: `${what} for more than ${OVERDUE_MS / 60_000} minutes: ${count}.`,
    });
    return [
      { name: 'database', isWell: true, detail: 'It answers.' },
      { name: 'sessions', ...late('Sessions that were not looked at', lag.sessions) },
      { name: 'orders', ...late('Orders that were not looked at', lag.orders) },
      { name: 'unknown_orders', ...late('Orders whose outcome is unknown', lag.unknownOrders) },
    ];
  } catch (error) {
    logger.log('status_unread', error);
    return [{ name: 'database', isWell: false, detail: 'It did not answer. The log says why.' }];
  }
}
