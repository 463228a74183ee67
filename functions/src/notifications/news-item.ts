import type { News } from '../contract/news.ts';
import type { StoredNews } from '../store/news.ts';
import { intentSentence } from '../trading/domain/order.ts';

/** News as the contract has it. */
export function newsItem(news: StoredNews): News {
  const { id, type, at, connectionId, intentId, filledQuantity, averagePrice, reason } = news;
  const told = { id, type, connectionId, intentId, filledQuantity, averagePrice, reason };
  return { ...told, at: at.toISOString(), order: intentSentence(news) };
}
