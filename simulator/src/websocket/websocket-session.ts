import type { WebSocket } from 'ws';
import { accountList } from '../accounts/accounts.ts';
import { authStatus, SERVER_INFO } from '../session/brokerage-status.ts';
import { sessionMessage } from '../session/identity.ts';
import type { BrokerageSession, Session } from '../session/session-state.ts';
import type { Simulation } from '../simulation.ts';
import { HistoryStream } from './history-stream.ts';
import { MarketDataStream } from './market-data-stream.ts';
import { OrderStream } from './order-stream.ts';
import { changedFields, type Stream, type StreamView } from './stream.ts';
import { readTopic, streamKey, TOPICS, TopicError, type TopicRequest } from './stream-topics.ts';
import { TradeStream } from './trade-stream.ts';

const HEARTBEAT_MS = 10_000;
/** WebSocket close code of a normal end. */
const NORMAL_CLOSURE = 1000;

/**
 * One client on the WebSocket. It is nobody until it has shown the session's token; then it hears `system`, `act` and
 * `sts`, and from `sts` on it is listened to. What it sends before that is dropped without a word.
 */
export class WebSocketSession {
  readonly session: Session;
  readonly #socket: WebSocket;
  readonly #simulation: Simulation;
  readonly #streams = new Map<string, Stream>();
  /** The token that it showed. */
  #token: string | undefined;
  #brokerage: BrokerageSession | undefined;
  /** What the client was last told of the session's state; nothing yet before the greeting. */
  #status: Record<string, unknown> | undefined;
  #accounts = '';
  #lastHeartbeat = 0;

  constructor(socket: WebSocket, session: Session, simulation: Simulation) {
    this.session = session;
    this.#socket = socket;
    this.#simulation = simulation;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('error', () => socket.terminate());
  }

  /** @param token From the cookie; without one that fits, the client must send it. */
  begin(token: string | undefined): void {
    if (!this.session.isLoggedIn || token !== this.session.token) {
      this.#send({ message: 'waiting for session' });
      return;
    }
    this.#token = token;
    const delay = this.#simulation.settings.warmUpMs;
    if (delay === 0) this.#greet();
    else setTimeout(() => this.#greet(), delay).unref();
  }

  /** Sends what is due by now; ends with the login. */
  advance(): void {
    if (this.#status === undefined) return;
    const view = this.#view();
    this.#tellStatus(view);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#tellAccounts(view);
    if (Math.abs(view.now - this.#lastHeartbeat) >= HEARTBEAT_MS) {
      this.#lastHeartbeat = view.now;
      this.#send({ topic: 'system', hb: view.now });
    }
    for (const stream of this.#streams.values()) this.#sendDue(stream, view);
  }

  /** Sends what has become of orders, in the middle of whatever has changed them. */
  tellOrders(): void {
    for (const stream of this.#streams.values()) {
      if (stream instanceof OrderStream || stream instanceof TradeStream) this.#sendDue(stream, this.#view());
    }
  }

  /** An urgent message of IBKR. */
  bulletin(id: string, message: string): void {
    if (this.#status !== undefined) this.#send({ topic: 'blt', args: { id, message } });
  }

  close(): void {
    this.#socket.terminate();
  }

  #greet(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const view = this.#view();
    this.#lastHeartbeat = view.now;
    this.#brokerage = view.brokerage;
    const { username, isPaper } = this.session;
    this.#send({ topic: 'system', success: username, isFT: false, isPaper });
    this.#tellAccounts(view);
    this.#status = statusOf(this.session);
    const { serverName, serverVersion } = SERVER_INFO;
    const names = { serverName, serverVersion, username };
    this.#send({ topic: 'sts', args: { ...this.#status, ...names } });
  }

  #receive(text: string): void {
    const token = sessionMessage(text);
    if (this.#token === undefined && token !== undefined) this.begin(token);
    if (this.#status === undefined || token !== undefined) return;
    this.#simulation.matching.advance();
    this.advance();
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (text === 'tic') this.#answerPing();
    else if (text === 'ech+hb') this.#socket.send(text);
    else this.#answerTopic(text);
  }

  /** Keeps the session alive, as `/tickle` does. */
  #answerPing(): void {
    const { now } = this.#view();
    this.session.touch(now);
    this.#send({ topic: 'tic', alive: true, id: this.session.token, lastAccessed: now });
  }

  #answerTopic(text: string): void {
    try {
      const request = readTopic(text);
      const topic = request && TOPICS[request.channel];
      if (!request || !topic) throw new TopicError('unknown topic');
      if (request.verb === 's') this.#subscribe(request);
      else this.#unsubscribe(request);
    } catch (error) {
      if (!(error instanceof TopicError)) throw error;
      this.#send({ error: error.message, code: 500, topic: text.split('+')[0] });
    }
  }

  #subscribe(request: TopicRequest): void {
    const topic = TOPICS[request.channel];
    const view = this.#view();
    // Nothing at all comes of what needs a brokerage session while there is none.
    if (!topic || (topic.isBrokerage && !view.brokerage)) return;
    if (topic.isBrokerage && !view.brokerage?.accountsCalled) throw new TopicError('No accounts');
    const stream = topic.open(view, request, this.#streams);
    const target = stream instanceof HistoryStream ? stream.serverId : request.target;
    this.#streams.set(streamKey(request.channel, target), stream);
    this.#sendDue(stream, view);
  }

  #unsubscribe({ channel, target }: TopicRequest): void {
    const key = streamKey(channel, target);
    const stream = this.#streams.get(key);
    if (!stream) return;
    this.#streams.delete(key);
    if (stream instanceof MarketDataStream) this.#brokerage?.subscriptions.delete(stream.conid);
    const farewell = TOPICS[channel]?.farewell?.(target);
    if (farewell) this.#send(farewell);
  }

  /** What has changed of the session's state, a frame for each thing; the streams of a brokerage session end with it. */
  #tellStatus({ brokerage }: StreamView): void {
    const status = statusOf(this.session);
    for (const [key, value] of Object.entries(changedFields(this.#status ?? {}, status))) {
      this.#send({ topic: 'sts', args: { [key]: value } });
    }
    this.#status = status;
    if (brokerage !== this.#brokerage) {
      for (const key of this.#streams.keys()) {
        if (TOPICS[key.slice(0, 2)]?.isBrokerage) this.#streams.delete(key);
      }
      this.#brokerage = brokerage;
      this.#accounts = '';
    }
    if (this.session.isLoggedIn && this.session.token === this.#token) return;
    this.#socket.close(NORMAL_CLOSURE);
  }

  /** Sent at the beginning of a brokerage session, and when something about the accounts has changed. */
  #tellAccounts({ brokerage }: StreamView): void {
    if (!brokerage) return;
    const args = accountList(this.session, brokerage);
    const text = JSON.stringify(args);
    if (text === this.#accounts) return;
    this.#accounts = text;
    this.#send({ topic: 'act', args });
  }

  #sendDue(stream: Stream, view: StreamView): void {
    for (const frame of stream.due(view)) this.#send(frame);
  }

  #view(): StreamView {
    const now = this.#simulation.clock.now();
    this.#simulation.expire(this.session, now);
    const { brokerage } = this.session;
    const market = this.#simulation.marketOf(this.session.key);
    return { simulation: this.#simulation, session: this.session, brokerage, market, now };
  }

  #send(frame: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

/** What `sts` tells. */
function statusOf(session: Session): Record<string, unknown> {
  const { authenticated, competing, connected, message } = session.isLoggedIn
    ? authStatus(session)
    : { authenticated: false, competing: false, connected: false, message: '' };
  return { connected, authenticated, established: authenticated, competing, message, fail: '' };
}
