/**
 * News as an occurrence of MCP Events.
 * @see https://modelcontextprotocol.io/extensions/events/overview
 */
import type { News } from '../contract/news/news.ts';
import { PRICE_CROSSED, type PriceCrossed } from '../contract/news/price-crossing.ts';
import { cleanText } from '../text/outside-text.ts';

export interface Occurrence {
  /** The same by whichever way it is told. */
  eventId: string;
  /** Of the event: the type of the news. */
  name: string;
  /** ISO 8601. */
  timestamp: string;
  data: News | PriceCrossed;
}

/** What a model reads of it is clean: what comes from IBKR is data, whatever it says. */
export function occurrenceOf(news: News | PriceCrossed): Occurrence {
  return { eventId: news.id, name: news.type, timestamp: news.at, data: cleanNews(news) };
}

function cleanNews(news: News | PriceCrossed): News | PriceCrossed {
  if (news.type === PRICE_CROSSED) return { ...news, symbol: cleanText(news.symbol) };
  if (!('intentId' in news)) return news;
  const reason = news.reason === null ? null : cleanText(news.reason);
  return { ...news, order: cleanText(news.order), reason };
}
