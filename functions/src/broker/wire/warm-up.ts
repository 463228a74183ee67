/**
 * Reads twice if need be. IBKR's first answer of a session to lists of orders and trades and to P&L is empty
 * whatever there is; the second one is believed. IBKR's limits keep the two some seconds apart (`IBKR_LIMITS`).
 * @param isFilled Whether an answer stands as it is.
 */
export async function readWarm<T>(read: () => Promise<T>, isFilled: (answer: T) => boolean): Promise<T> {
  const answer = await read();
  return isFilled(answer) ? answer : read();
}
