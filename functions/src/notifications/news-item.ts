import type { News } from '../contract/news/news.ts';
import { PRICE_CROSSED, type PriceCrossed } from '../contract/news/price-crossing.ts';
import type { StoredNews } from '../store/news/news.ts';
import type { StoredCrossing } from '../store/news/price-watches.ts';
import { maskedAccountNumbers } from '../text/account-numbers.ts';
import { intentSentence } from '../trading/domain/order.ts';

/** News as the contract has it. It goes to channels that others run, and onto screens that others see: accounts are masked. */
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
      return { ...told, type: news.type, name: news.name, reason: maskedAccountNumbers(news.reason) };
    default: {
      const { type, intentId, filledQuantity, averagePrice } = news;
      const order = maskedAccountNumbers(intentSentence(news));
      const reason = news.reason === null ? null : maskedAccountNumbers(news.reason);
      return { ...told, type, intentId, order, filledQuantity, averagePrice, reason };
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
