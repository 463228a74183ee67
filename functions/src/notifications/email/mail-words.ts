/** What mails say: short, plain, with links, and nothing of what is behind them. */
import type { News } from '../../contract/news/news.ts';
import { NEWS_TITLES, newsPlace } from '../../contract/news/news-words.ts';
import type { PersonalMessage } from '../channel-kind.ts';

/** Of a digest; the rest is on the page. */
const MOST_LINES = 30;

const TIME = new Intl.DateTimeFormat('en-GB', {
  ...{
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
} as const);

export interface MailWords {
  subject: string;
  text: string;
}

/**
 * What asks whoever reads mail at an address whether news may come there.
 * @param link The page on which they say so.
 */
export function confirmationMail(origin: string, link: string): MailWords {
  return {
    subject: 'Confirm your address for news from IBKR Gateway',
    text: lines(
      `Someone who uses IBKR Gateway at ${new URL(origin).host} asked for its news to be sent to this address.`,
      'If that was you, confirm it on this page within three days:',
      '',
      link,
      '',
      'If it was not you, ignore this email: nothing else will be sent.',
    ),
  };
}

/**
 * What tells of one thing or of several.
 * @param stopLink The page on which its reader ends such mails.
 */
export function newsMail(origin: string, messages: readonly PersonalMessage[], stopLink: string): MailWords {
  const [first] = messages;
  const isOne = messages.length === 1 && first !== undefined;
  const subject = isOne ? titleOf(first) : `${messages.length} news items`;
  const shown = messages.slice(0, MOST_LINES);
  const more = messages.length - shown.length;
  const text = lines(
    ...(isOne ? [] : [`${messages.length} news items from IBKR Gateway:`, '']),
    ...shown.flatMap((message) => [
      `${TIME.format(new Date(message.at))} UTC: ${titleOf(message)}.`,
      `${origin}${message.type === 'test' ? '/notifications' : newsPlace(message)}`,
      '',
    ]),
    ...(more > 0 ? [`And ${more} more:`, `${origin}/news`, ''] : []),
    'To stop these emails:',
    stopLink,
  );
  return { subject, text };
}

function titleOf(message: PersonalMessage): string {
  return message.type === 'test' ? 'A test of your notifications' : titleOfNews(message);
}

function titleOfNews({ type }: News): string {
  return NEWS_TITLES[type];
}

function lines(...texts: string[]): string {
  return `${texts.join('\n')}\n`;
}
