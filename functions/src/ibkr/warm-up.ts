import { setTimeout as delay } from 'node:timers/promises';

/**
 * Pauses before a further look at an empty answer. IBKR's first answer of a session to lists of orders and trades
 * and to P&L is empty whatever there is; an immediate second call is answered, a third is for slow days.
 */
const PAUSES_MS = [700, 1_500];

/**
 * Reads until the answer has something in it, or was empty often enough to be believed.
 * @param isFilled Whether the answer stands.
 */
export async function readWarm<T>(read: () => Promise<T>, isFilled: (answer: T) => boolean): Promise<T> {
  let answer = await read();
  for (const pause of PAUSES_MS) {
    if (isFilled(answer)) break;
    await delay(pause);
    answer = await read();
  }
  return answer;
}
