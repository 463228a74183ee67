import type { News } from '../contract/news/news.ts';
import { PRICE_CROSSED, type PriceCrossed } from '../contract/news/price-crossing.ts';
import type { StoredNews } from '../store/news/news.ts';
import type { StoredCrossing } from '../store/news/price-watches.ts';
import { intentSentence } from '../trading/domain/order.ts';

/** News as the contract has it. */
export function newsItem(news: StoredNews): News {
  const { id, connectionId } = news;
  const told = { id, connectionId, at: news.at.toISOString() };
  switch (news.type) {
    case 'session.needs_person':
    case 'session.restored':
      return { ...told, type: news.type, state: news.state };
    case 'trading.stopped':
    case 'trading.stop_unfinished':
      return { ...told, type: news.type, remaining: news.remaining };
    case 'app.connected':
    case 'app.revoked':
      return { ...told, type: news.type, name: news.name, scope: news.scope, isReplayed: news.isReplayed };
    case 'key.new_place':
      return { ...told, type: news.type, label: news.label, address: news.address };
    case 'limit.reached':
      return { ...told, type: news.type, name: news.name, reason: news.reason };
    default: {
      const { type, intentId, filledQuantity, averagePrice, reason } = news;
      return { ...told, type, intentId, order: intentSentence(news), filledQuantity, averagePrice, reason };
    }
  }
}

function crossingItem({ ownerUid: _, at, ...crossing }: StoredCrossing): PriceCrossed {
  return { ...crossing, at: at.toISOString() };
}

/** Undefined where the order of the news was written by a version that knew others. */
export function readableItem(news: StoredNews | StoredCrossing): News | PriceCrossed | undefined {
  try {
    return news.type === PRICE_CROSSED ? crossingItem(news) : newsItem(news);
  } catch {
    return undefined;
  }
}
