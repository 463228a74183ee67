/** What a piece of news says in one line, wherever it is told: the page, a message, a notification. */

import type { SessionState } from '../session-states.ts';
import type { News, NewsType } from './news.ts';

/** That something happened, and not what: for where others may look on. */
export const NEWS_TITLES: Record<NewsType, string> = {
  'order.waiting': 'An order waits for you',
  'order.filled': 'An order has filled',
  'order.partly_filled': 'An order has filled in part',
  'order.refused': 'IBKR refused an order',
  'order.unknown': 'It is not known whether IBKR has an order',
  'order.found': 'An order was found again at IBKR',
  'session.needs_person': 'IBKR needs you',
  'session.restored': 'Connected to IBKR again',
  'trading.stopped': 'Trading was stopped',
  'trading.stop_unfinished': 'Orders may still be working after the stop',
  'app.connected': 'An app was connected',
  'app.revoked': 'An app was disconnected',
  'key.new_place': 'A key was used from a new network',
  'limit.reached': 'A limit stopped an order',
};

/** The page where more of it is shown, and what can be done about it. */
export function newsPlace(news: News): string {
  const connection = `/connections/${news.connectionId}`;
  switch (news.type) {
    case 'session.needs_person':
    case 'session.restored':
      return connection;
    case 'trading.stopped':
    case 'trading.stop_unfinished':
      return `${connection}/orders`;
    case 'app.connected':
    case 'app.revoked':
      return `${connection}/apps`;
    case 'key.new_place':
      return `${connection}/keys`;
    case 'limit.reached':
      return `${connection}/limits`;
    default:
      return `/approve/${news.intentId}`;
  }
}

/** `Filled: 10 at 173.14` */
export function newsWords(news: News): string {
  switch (news.type) {
    case 'order.waiting':
      return 'An order waited for you';
    case 'order.filled':
      return `Filled${fillWords(news.filledQuantity, news.averagePrice)}`;
    case 'order.partly_filled':
      return `Partly filled${fillWords(news.filledQuantity, news.averagePrice)}`;
    case 'order.refused':
      return `Refused by IBKR${news.reason === null ? '' : `: ${news.reason}`}`;
    case 'order.unknown':
      return 'Sent, but IBKR has not confirmed it';
    case 'order.found':
      return 'Found again at IBKR';
    case 'session.needs_person':
      return NEEDS[news.state] ?? 'IBKR needs you to sign in';
    case 'session.restored':
      return 'Connected to IBKR again';
    case 'trading.stopped':
      return 'Trading was stopped, and open orders are being cancelled';
    case 'trading.stop_unfinished':
      return `${leftWords(news.remaining)} may still be working after the stop`;
    case 'app.connected':
      return `${news.name} was connected, ${news.scope === 'write' ? 'to read and trade' : 'to read only'}`;
    case 'app.revoked':
      return `${news.name} was disconnected${news.isReplayed ? ', because one of its codes or tokens was used twice' : ''}`;
    case 'key.new_place':
      return `The key ${news.label} was used from a new network, ${news.address}`;
    case 'limit.reached':
      return `${news.name} reached a limit: ${news.reason}`;
  }
}

const NEEDS: Partial<Record<SessionState, string>> = {
  held_elsewhere: 'Another program holds your session at IBKR',
  credentials_rejected: 'IBKR refused the credentials',
  needs_code: 'IBKR needs a code from your authenticator app',
  needs_sent_code: 'IBKR needs a code that it sends you',
  approve_on_phone: 'IBKR needs your approval on your phone',
  locked: 'IBKR has locked the user',
  sign_in_changed: 'IBKR has changed its sign-in',
  wrong_mode: 'The login is paper and the connection live, or the other way round',
};

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 8 });

function fillWords(quantity: number | null, price: number | null): string {
  if (!quantity) return '';
  return `: ${NUMBER.format(quantity)}${price === null ? '' : ` at ${NUMBER.format(price)}`}`;
}

function leftWords(remaining: number | null): string {
  if (remaining === null || remaining === 0) return 'Orders';
  return remaining === 1 ? 'One order' : `${NUMBER.format(remaining)} orders`;
}
