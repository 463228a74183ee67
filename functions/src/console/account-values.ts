/** What the accounts of connections are worth, as far as IBKR tells it soon: none of them waits for another. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { ibkrClient } from '../connections/pool.ts';
import type { AccountValue } from '../contract/glance.ts';
import { pnlOutput } from '../contract/tool-outputs/portfolio.ts';
import type { PublicError } from '../errors.ts';
import * as logger from '../http/logging/logger.ts';
import type { Service } from '../service.ts';
import type { Connection } from '../store/connections.ts';
import { perDatabase } from '../store/database/per-database.ts';
import { maskedAccount } from '../text/account-numbers.ts';
import { callTool } from '../tools/call-tool.ts';
import { getPnlTool } from '../tools/portfolio/get-pnl.ts';

/** What is known of one: the latest value, and why there was none when IBKR was last asked. */
export interface KnownValue {
  value: AccountValue | null;
  failure: PublicError | null;
}

interface Asked extends KnownValue {
  /** In ms since 1970. */
  askedAt: number;
  /** Until IBKR has answered. */
  answer: Promise<void> | null;
}

/** Whoever looks again sooner is told the same. */
const SERVES_MS = 30_000;
/** A page shows what is known by then, and the others when it looks again. */
const WAITED_MS = 4_000;
const IBKR_WITHIN_MS = 15_000;

const { account_id, net_liquidation, daily, base_currency, as_of } = pnlOutput.shape;
const toldValue = z.object({ account_id, net_liquidation, daily, base_currency, as_of });

/** In this process: a value is not worth a write of each look. */
const knownOf = perDatabase(() => new LRUCache<string, Asked>({ max: 5_000 }));

/**
 * The values of connections whose session is open, by their id, as they are known after a few seconds at most. Looking at
 * them neither opens a session nor has one kept alive.
 */
export async function readAccountValues(
  service: Service,
  connections: readonly Connection[],
): Promise<Map<string, KnownValue>> {
  const known = knownOf(service.db);
  const asked = connections.map((connection) => {
    // What was changed since may be another account.
    const name = `${connection.id} ${connection.version}`;
    const before = known.get(name) ?? { value: null, failure: null, askedAt: 0, answer: null };
    if (before.answer === null && Date.now() - before.askedAt >= SERVES_MS) {
      before.askedAt = Date.now();
      before.answer = ask(service, connection, before).finally(() => {
        before.answer = null;
      });
      known.set(name, before);
    }
    return { id: connection.id, of: before };
  });
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, WAITED_MS);
  await Promise.race([Promise.all(asked.map(({ of }) => of.answer)), timer.promise]);
  clearTimeout(timeout);
  return new Map(asked.map(({ id, of: { value, failure } }) => [id, { value, failure }]));
}

/** Keeps in `known` what IBKR says; a value that was known stays where it says none. */
async function ask(service: Service, connection: Connection, known: KnownValue): Promise<void> {
  const open = async () => ({
    connection,
    db: service.db,
    publicOrigin: service.publicOrigin,
    ibkr: await ibkrClient(service, connection, IBKR_WITHIN_MS),
    app: {
      id: connection.ownerUid,
      name: 'console',
      label: 'Console',
      source: 'console',
      limits: {},
      approval: null,
    } as const,
  });
  const at = new Date();
  const report = (fault: unknown) => logger.log('tool_failed', fault, { tool: getPnlTool.name });
  const result = await callTool(getPnlTool, {}, open, report);
  known.failure = result.ok ? null : result.error;
  if (!result.ok) return;
  const pnl = toldValue.parse(result.value);
  known.value = {
    account: maskedAccount(pnl.account_id),
    netLiquidation: pnl.net_liquidation,
    daily: pnl.daily,
    currency: pnl.base_currency,
    asOf: (pnl.as_of === undefined ? at : new Date(pnl.as_of)).toISOString(),
  };
}
