import { z } from 'zod';

const seen = z.object({ refused: z.record(z.string(), z.number()) });

/**
 * Tells what the simulator refused for going over IBKR's limits. That fails nothing by itself: on a busy machine a
 * request may arrive so late that the next one comes too soon after it.
 */
export async function tellRefusals(simulator: string): Promise<void> {
  const answer = await fetch(`http://${simulator}/sim/requests`);
  const { refused } = seen.parse(await answer.json());
  const requests = Object.entries(refused).map(([request, times]) => `${request} (${times})`);
  if (requests.length > 0) console.warn(`IBKR would have refused, as too many: ${requests.join(', ')}`);
}
