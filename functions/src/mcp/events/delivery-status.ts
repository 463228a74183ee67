/** How sending to a subscription went, for the app that renews it: no more than it may know of what answers there. */
import type { Firestore } from 'firebase-admin/firestore';
import type { CallbackFault } from '../../notifications/kinds/app.ts';
import type { Subscription } from '../../store/news/channels.ts';
import { type Attempt, listDeliveries } from '../../store/news/deliveries.ts';

/** As the extension has it. */
export interface DeliveryStatus {
  /** Whether what is due is sent, or waits since the address did not take what was sent. */
  active: boolean;
  /** ISO 8601, of the last that was taken lately. */
  lastDeliveryAt: string | null;
  lastError: CallbackFault | null;
  failedSince?: string;
}

const LOOKED_AT = 20;

export async function deliveryStatusOf(
  db: Firestore,
  { id, pausedUntil, failingSince }: Subscription,
  now: Date,
): Promise<DeliveryStatus> {
  const { items = [] } = (await listDeliveries(db, id, { limit: LOOKED_AT })) ?? {};
  const attempts = items
    .flatMap((delivery) => delivery.attempts)
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const taken = attempts.find(({ error }) => error === null);
  const [latest] = attempts;
  return {
    active: pausedUntil === null || pausedUntil <= now,
    lastDeliveryAt: taken?.at.toISOString() ?? null,
    lastError: latest === undefined || latest.error === null ? null : faultOf(latest),
    ...(failingSince !== null && { failedSince: failingSince.toISOString() }),
  };
}

function faultOf({ status, reason }: Attempt): CallbackFault {
  if (status !== null) return status >= 500 ? 'http_5xx' : 'http_4xx';
  return reason ?? 'connection_refused';
}
