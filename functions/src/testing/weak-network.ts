/** Test support: a way to a server on this machine that can be made slow. */
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface WeakNetwork {
  port: number;
  /** What it does from now on to connections, open ones included. */
  set(state: NetworkState): void;
  stop(): Promise<void>;
}

export type NetworkState =
  | { is: 'whole' }
  /** Whatever is asked arrives so much later, in ms. */
  | { is: 'slow'; byMs: number };

/** Stands before the server at `port` of this machine. */
export async function weakNetwork(port: number): Promise<WeakNetwork> {
  let state: NetworkState = { is: 'whole' };
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {}).once('close', () => open.delete(socket));
  };
  const server = createServer((caller) => {
    keep(caller);
    const called = connect(port, '127.0.0.1');
    keep(called);
    caller.once('close', () => called.destroy());
    called.once('close', () => caller.destroy());
    // One after the other, so that they keep their order when it is slow no more.
    let sent: Promise<unknown> = Promise.resolve();
    caller.on('data', (bytes) => {
      const wait = delay(state.is === 'slow' ? state.byMs : 0);
      sent = Promise.all([sent, wait]).then(() => called.write(bytes));
    });
    called.on('data', (bytes) => caller.write(bytes));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    set(next) {
      state = next;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
