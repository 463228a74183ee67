/** What the service costs, part by part: `npm run bench -- calls`; all parts where none is named. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions, compileFunctions } from '../local/src/bundle/functions-bundle.ts';
import { measureCalls } from './performance/calls.ts';
import { measureContext } from './performance/context.ts';
import { DEPLOYED } from './performance/deployed.ts';
import { measureGrowth } from './performance/growth.ts';
import { measureLoad } from './performance/load.ts';
import { measureMemory } from './performance/memory-at-rest.ts';
import { measurePages } from './performance/pages.ts';
import { measurePeer } from './performance/peer.ts';
import { measureStart } from './performance/start.ts';
import { table, withTable } from './performance/table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Where the figures go as JSON. */
    json: { type: 'string', default: '.data/bench.json' },
    /** A document that the tables go into as well, such as `docs/performance.md`. */
    into: { type: 'string' },
    /** Calls of each tool at most, also of those that the peer has. */
    calls: { type: 'string', default: '20' },
    /** Calls under load, of each number in flight. */
    load: { type: 'string', default: '2000' },
    /** Calls after which memory is looked at. */
    memory: { type: 'string', default: '0,4000,10000,50000' },
    /** How long calls are made for that at most. */
    minutes: { type: 'string', default: '15' },
    /** How many there are at last where growth is measured. */
    connections: { type: 'string', default: '100000' },
    records: { type: 'string', default: '1000000' },
    /** The folder in which the peer is installed already. */
    peer: { type: 'string' },
    /** Starts of each function. */
    starts: { type: 'string', default: '5' },
    /** Tools, or pages, with commas between. */
    only: { type: 'string', default: '' },
    /** Tells what each call asks of Firestore, and what each page asks for and what moves on it. */
    trace: { type: 'boolean', default: false },
  },
});

const only = values.only.split(',').filter((name) => name !== '');

const PARTS = {
  calls: () => {
    const trace = (tool: string, asked: readonly { rpc: string; documents: string[] }[]) => {
      console.log(
        `${tool}\n${asked.map(({ rpc, documents }) => `  ${rpc} ${documents.join(' ')}`).join('\n')}`,
      );
    };
    return measureCalls(Number(values.calls), only, values.trace ? trace : undefined);
  },
  load: () => measureLoad(Number(values.load)),
  memory: () => measureMemory(values.memory.split(',').map(Number), Number(values.minutes)),
  peer: () => measurePeer(Number(values.calls), only, values.peer),
  context: measureContext,
  pages: () =>
    measurePages(
      only,
      values.trace ? (page, notes) => console.log([page, ...notes].join('\n  ')) : undefined,
    ),
  growth: () => measureGrowth(Number(values.connections), Number(values.records)),
  start: () => measureStart(Number(values.starts)),
};

const unknown = positionals.filter((part) => !(part in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
await bundleFunctions(DEPLOYED);
await compileFunctions(DEPLOYED);
const figures: Record<string, unknown> = {};
let document = values.into === undefined ? undefined : await readFile(values.into, 'utf8');
for (const [part, measure] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(part)) continue;
  const rows = (await measure()).map((row) => ({ ...row }));
  console.log(`\n${part}\n${table(rows)}`);
  document &&= withTable(document, part, rows);
  figures[part] = rows;
}
await mkdir(dirname(values.json), { recursive: true });
await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
if (values.into !== undefined && document !== undefined) await writeFile(values.into, document);
