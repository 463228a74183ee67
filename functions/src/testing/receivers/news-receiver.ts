/** Test support: a server to which news is sent, and news to send. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Firestore } from 'firebase-admin/firestore';
import { orderText } from '../../trading/domain/order.ts';
import { listen } from '../listening.ts';

/** What came in one request. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
}

export interface NewsReceiver {
  url: string;
  received: Received[];
  /** How the next requests are answered; 204 where it is left out. */
  answer: (response: ServerResponse, request: Received) => void;
}

/** Listens until the test has ended. */
export async function startNewsReceiver(): Promise<NewsReceiver> {
  const receiver: NewsReceiver = {
    url: '',
    received: [],
    answer: (response) => response.writeHead(204).end(),
  };
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const received = { headers: request.headers, body: bytes.toString(), bytes };
    receiver.received.push(received);
    receiver.answer(response, received);
  });
  receiver.url = `http://127.0.0.1:${await listen(server)}/news`;
  return receiver;
}

let told = 0;

/** Writes a piece of news about an order, as a transaction does that changes one. @returns its id. */
export async function storeNews(
  db: Firestore,
  fields: { ownerUid: string; connectionId: string; type?: string; at?: Date },
): Promise<string> {
  told += 1;
  const id = `order-${told}-1-0-${fields.type ?? 'order_filled'}`;
  const at = fields.at ?? new Date();
  const order = orderText({
    accountId: 'DU1234567',
    contract: { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' },
    ticket: {
      conid: 4815747,
      side: 'BUY',
      quantity: 2,
      orderType: 'LMT',
      limitPrice: 100,
      tif: 'DAY',
      outsideRth: false,
    },
  });
  const news = { intentId: `order-${told}`, type: 'order.filled', order, held: null, accountMode: 'paper' };
  const filled = { filledQuantity: 2, averagePrice: 99.5, reason: null };
  await db.doc(`news/${id}`).set({ ...news, ...filled, ...fields, at, dueAt: at });
  return id;
}
