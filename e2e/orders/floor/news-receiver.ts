/** The servers of owners to which their news is sent, all in one: it refuses some of it at first, and loses some answers. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Of so many pieces of news one is refused, and one taken without an answer, when it comes first. */
const SPOILS_ONE_OF = 8;

/** What came in one request. */
export interface Delivered {
  headers: IncomingHttpHeaders;
  body: string;
  /** The sender heard that it was taken. */
  isAnswered: boolean;
}

export class NewsReceiver {
  readonly #server: Server;
  readonly #url: string;
  readonly #received = new Map<string, Delivered[]>();

  private constructor(server: Server) {
    this.#server = server;
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<NewsReceiver> {
    const server = createServer();
    // Instances are killed while they write.
    server.on('connection', (socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new NewsReceiver(server);
    server.on('request', async (request, response) => {
      const body = await buffer(request).catch(() => null);
      if (body === null) return;
      const own = receiver.#of(request.url ?? '');
      const id = String(request.headers['webhook-id']);
      const isFirst = !own.some(({ headers }) => headers['webhook-id'] === id);
      const chance = createHash('sha256').update(id).digest().readUInt32BE() % SPOILS_ONE_OF;
      const isAnswered = !isFirst || chance > 1;
      own.push({ headers: request.headers, body: body.toString(), isAnswered });
      if (isAnswered) response.writeHead(204).end();
      else if (chance === 0) response.writeHead(503).end();
      else response.destroy();
    });
    return receiver;
  }

  /** Where the news of a connection goes. */
  addressOf(connectionId: string): string {
    return `${this.#url}/${connectionId}`;
  }

  /** All that came there, in its order. */
  receivedAt(connectionId: string): readonly Delivered[] {
    return this.#of(`/${connectionId}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #of(path: string): Delivered[] {
    const own = this.#received.get(path) ?? [];
    this.#received.set(path, own);
    return own;
  }
}
