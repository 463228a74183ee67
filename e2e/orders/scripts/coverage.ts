/** How often the scripts of a run met each kind of what may happen. */
import type { Answer } from '../floor/instances.ts';
import type { Played } from './play-scripts.ts';

/** Counts by kind, such as `form market` or `came limit_exceeded`. */
export function coverageOf({ runs, orders, news, deliveries, kills }: Played): Record<string, number> {
  const counts: Record<string, number> = {
    'instances killed': kills,
    'orders at IBKR': orders,
    'pieces of news': news,
    'deliveries of news': deliveries,
  };
  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  for (const { script, calls, decisions } of runs) {
    count(`approval ${script.approval}`);
    count(`accounts ${script.accounts}`);
    for (const name of Object.keys(script.limits)) count(`limit ${name}`);
    for (const { form, tif, size, exits, oca, options, outsideRth, key } of script.orders) {
      for (const kind of [
        `form ${form}`,
        `tif ${tif}`,
        `size ${size}`,
        `exits ${exits}`,
        `options ${options}`,
        `key ${key}`,
      ])
        count(kind);
      if (oca) count('pair');
      if (outsideRth) count('outside regular hours');
    }
    for (const { action, faults, plan } of script.steps) {
      count(`step ${action}`);
      for (const { kind, status } of faults) count(`fault ${kind} ${status ?? ''}`.trim());
      if (plan !== null) count(`plan ${plan}`);
    }
    for (const { tool, answer } of calls) {
      if (isUnknown(answer)) count('answers that leave an order unknown');
      count(
        `${tool} ${answer.kind === 'error' ? answer.code : answer.kind === 'ok' ? (answer.value.state ?? 'ok') : 'lost'}`,
      );
    }
    for (const { act, came } of decisions) count(`${act} ${came ?? 'lost'}`);
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The instance ended before it answered, or could not tell itself. */
function isUnknown(answer: Answer): boolean {
  return answer.kind === 'lost' || (answer.kind === 'error' && answer.code === 'order_state_unknown');
}
