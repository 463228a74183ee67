/** `/api/connections/:id/subscriptions`: what apps and keys of a connection are told of. */
import { Hono } from 'hono';
import {
  SUBSCRIBED_TYPES,
  type Subscription as SubscriptionAnswer,
  type SubscriptionList,
} from '../../contract/access/subscription.ts';
import { appTarget } from '../../notifications/kinds/app.ts';
import { openTarget, type Subscription } from '../../store/news/channels.ts';
import { listSubscriptions } from '../../store/news/subscriptions.ts';
import type { Vault } from '../../store/vault/vault.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { ownConnection } from './connections.ts';

export const subscriptionRoutes = new Hono<ConsoleEnv>().get(
  '/connections/:id/subscriptions',
  async (context) => {
    const { id, ownerUid } = await ownConnection(context);
    const { db, vault } = context.env;
    const all = await listSubscriptions(db, ownerUid, new Date());
    const items = all
      .filter(({ connectionId }) => connectionId === id)
      .flatMap((one) => subscriptionAnswers(vault, one))
      .toSorted((a, b) => a.type.localeCompare(b.type) || a.host.localeCompare(b.host));
    return context.json({ items, nextCursor: null } satisfies SubscriptionList);
  },
);

function subscriptionAnswers(vault: Vault, subscription: Subscription): SubscriptionAnswer[] {
  const { credentialId, types, expiresAt, failingSince } = subscription;
  const { host } = new URL(appTarget.parse(openTarget(vault, subscription)).url);
  return SUBSCRIBED_TYPES.filter((type) => types.includes(type)).map((type) => ({
    ...{ credentialId, type, host },
    expiresAt: expiresAt.toISOString(),
    failingSince: failingSince?.toISOString() ?? null,
  }));
}
