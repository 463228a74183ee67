/** The types of news, as what is chosen to be told of. */
import type { NewsType } from '@ibkr-gateway/functions/contract/news/news';

export const NEWS_TYPE_WORDS: Record<NewsType, string> = {
  'order.waiting': 'An order waits for me',
  'order.filled': 'An order has filled',
  'order.partly_filled': 'An order has filled in part',
  'order.refused': 'IBKR refused an order',
  'order.unknown': 'It is not known whether IBKR has an order',
  'order.found': 'The status of an order is known again',
  'session.needs_person': 'IBKR needs me to sign in',
  'session.restored': 'The connection to IBKR is back',
  'trading.stopped': 'Trading was stopped',
  'trading.stop_unfinished': 'After a stop orders may still be working',
  'app.connected': 'An app was connected',
  'app.revoked': 'An app was disconnected',
  'key.new_place': 'A key was used from a new network',
  'limit.reached': 'A limit stopped an order',
};

type Subject = NewsType extends `${infer Start}.${string}` ? Start : never;

const SUBJECT_WORDS: Record<Subject, string> = {
  order: 'Orders',
  session: 'The connection to IBKR',
  trading: 'Stop trading',
  app: 'Apps, keys and limits',
  key: 'Apps, keys and limits',
  limit: 'Apps, keys and limits',
};

export const ALL_NEWS_TYPES = Object.keys(NEWS_TYPE_WORDS) as NewsType[];

/** All types by what they are about, in words. */
export const NEWS_SUBJECTS: ReadonlyMap<string, NewsType[]> = Map.groupBy(
  ALL_NEWS_TYPES,
  (type) => SUBJECT_WORDS[type.slice(0, type.indexOf('.')) as Subject],
);
