/** A plain WebSocket client for the tests. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RunningSimulator } from '../server.ts';

// biome-ignore lint/suspicious/noExplicitAny: every topic has another shape
type Frame = any;

export class TestSocket {
  readonly socket: WebSocket;
  /** Everything that has come, oldest first; text that is not JSON as it is. */
  readonly frames: Frame[] = [];
  #read = 0;
  #onFrame: () => void = () => undefined;

  /** @param path With prefix and query. */
  constructor(simulator: RunningSimulator, path: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(simulator.url.replace('http', 'ws') + path, { headers });
    this.socket.on('message', (data) => {
      const text = String(data);
      this.frames.push(text.startsWith('{') ? JSON.parse(text) : text);
      this.#onFrame();
    });
    this.socket.on('error', () => undefined);
  }

  send(...messages: string[]): void {
    for (const message of messages) this.socket.send(message);
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  /** The next frame that fits; those before it are passed over. Without a test, the very next one. */
  async next(fits: string | ((frame: Frame) => boolean) = () => true): Promise<Frame> {
    const isWanted = typeof fits === 'string' ? ({ topic }: Frame) => topic === fits : fits;
    for (;;) {
      while (this.#read < this.frames.length) {
        const frame = this.frames[this.#read++];
        if (isWanted(frame)) return frame;
      }
      await new Promise<void>((resolve) => {
        this.#onFrame = resolve;
      });
    }
  }

  /** What has come by the time that the simulator has answered all that was sent to it. */
  async settled(): Promise<Frame[]> {
    const before = this.#read;
    this.send('ech+hb');
    await this.next((frame) => frame === 'ech+hb');
    return this.frames.slice(before, this.#read - 1);
  }

  close(): void {
    this.socket.terminate();
  }
}
