/**
 * How fast news gets through while every tenth endpoint is dead: `npm run deliver -- --channels 2000 --news 5 --minutes 2`,
 * with `--known` where the dead failed before, and `--workers` where fewer tasks are worked on at a time than are deployed.
 *
 * The schedule, the store and the turns of the service, on a clock of its own. Tasks wait in one queue for as many workers as
 * are deployed. Prints how long the living were waited for, what waited at most, and what an attempt asks of Firestore.
 */
import { parseArgs } from 'node:util';
import { UPKEEP_AT_ONCE } from '../functions/src/config.ts';
import { playDeliveries } from './deliver/played-deliveries.ts';

const { values } = parseArgs({
  options: {
    channels: { type: 'string', default: '2000' },
    news: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '2' },
    workers: { type: 'string', default: String(UPKEEP_AT_ONCE) },
    known: { type: 'boolean', default: false },
  },
});
const { known: isKnown, ...counts } = values;
const channels = Number(counts.channels);
const news = Number(counts.news);
const minutes = Number(counts.minutes);
const terms = { channels, news, minutes, workers: Number(counts.workers), isKnown };
const { waits, attempts, reads, writes, ...played } = await playDeliveries(terms);

console.log(
  [
    `${channels} channels, ${news} pieces of news each, every tenth channel dead${isKnown ? ' and known to be' : ''}, ${terms.workers} tasks at a time, ${minutes} minutes:`,
    `${waits.length} of ${played.expected} were delivered to the living, half within ${seconds(waits[waits.length >> 1])}, all within ${seconds(waits.at(-1))};`,
    `${played.mostTasks} tasks waited at most, ${played.waiting} deliveries wait at the end; longest run of the schedule ${seconds(played.longestRunMs)};`,
    `${attempts} attempts, of Firestore ${(reads / attempts).toFixed(1)} reads and ${(writes / attempts).toFixed(1)} writes each`,
  ].join('\n'),
);

function seconds(ms = 0): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
