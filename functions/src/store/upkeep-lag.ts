/** How far the schedule and its tasks are behind. */
import type { Firestore } from 'firebase-admin/firestore';

export interface UpkeepLag {
  /** Sessions whose turn is overdue. */
  sessions: number;
  /** Orders that are to be looked at, and were not. */
  orders: number;
  /** Orders that may be at IBKR or not, and were placed before then. */
  unknownOrders: number;
}

/**
 * Three counts, whatever there is.
 * @param before What was due then, and was not looked at, is overdue.
 */
export async function countUpkeepLag(db: Firestore, before: Date): Promise<UpkeepLag> {
  const intents = db.collection('orderIntents');
  const [sessions, orders, unknownOrders] = await Promise.all(
    [
      db.collection('sessions').where('keepAliveAt', '<=', before),
      intents.where('nextLookAt', '<=', before),
      intents.where('state', '==', 'unknown').where('createdAt', '<=', before),
    ].map(async (query) => (await query.count().get()).data().count),
  );
  return { sessions: sessions ?? 0, orders: orders ?? 0, unknownOrders: unknownOrders ?? 0 };
}
