/** What a piece of news says, in one line. */
import type { News } from '@ibkr-gateway/functions/contract/news';
import { number } from './numbers.ts';

/** `Filled: 10 at 173.14` */
export function newsWords({ type, filledQuantity, averagePrice, reason }: News): string {
  switch (type) {
    case 'order.waiting':
      return 'An order waited for you';
    case 'order.filled':
      return `Filled${fillWords(filledQuantity, averagePrice)}`;
    case 'order.partly_filled':
      return `Partly filled${fillWords(filledQuantity, averagePrice)}`;
    case 'order.refused':
      return `Refused by IBKR${reason === null ? '' : `: ${reason}`}`;
    case 'order.unknown':
      return 'Sent, and it was not known whether IBKR has it';
    case 'order.found':
      return 'Found again at IBKR';
  }
}

function fillWords(quantity: number | null, price: number | null): string {
  if (!quantity) return '';
  return `: ${number(quantity)}${price === null ? '' : ` at ${number(price)}`}`;
}
