/** What the service costs, part by part: `npm run bench -- calls`; all parts where none is named. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../local/src/bundle/functions-bundle.ts';
import { measureCalls } from './performance/calls.ts';
import { DEPLOYED } from './performance/deployed.ts';
import { measureContext } from './performance/context.ts';
import { measureGrowth } from './performance/growth.ts';
import { measureLoad } from './performance/load.ts';
import { measureMemory } from './performance/memory-at-rest.ts';
import { measureStart } from './performance/start.ts';
import { table } from './performance/table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Where the figures go as JSON. */
    json: { type: 'string', default: '.data/bench.json' },
    /** Calls of each tool at most. */
    calls: { type: 'string', default: '20' },
    /** Calls under load, of each number in flight, and of each tool that the peer has too. */
    load: { type: 'string', default: '2000' },
    /** Calls after which memory is looked at. */
    memory: { type: 'string', default: '0,4000,10000,50000' },
    /** How many there are at last where growth is measured. */
    connections: { type: 'string', default: '100000' },
    records: { type: 'string', default: '1000000' },
    /** Starts of each function. */
    starts: { type: 'string', default: '5' },
    /** Tools, with commas between. */
    only: { type: 'string', default: '' },
    /** Tells what each call asks of Firestore. */
    trace: { type: 'boolean', default: false },
  },
});

const PARTS = {
  calls: () => {
    const only = values.only.split(',').filter((tool) => tool !== '');
    const trace = (tool: string, asked: readonly { rpc: string; documents: string[] }[]) => {
      console.log(
        `${tool}\n${asked.map(({ rpc, documents }) => `  ${rpc} ${documents.join(' ')}`).join('\n')}`,
      );
    };
    return measureCalls(Number(values.calls), only, values.trace ? trace : undefined);
  },
  load: () => measureLoad(Number(values.load)),
  memory: () => measureMemory(values.memory.split(',').map(Number)),
  context: measureContext,
  growth: () => measureGrowth(Number(values.connections), Number(values.records)),
  start: () => measureStart(Number(values.starts)),
};

const unknown = positionals.filter((part) => !(part in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
await bundleFunctions(DEPLOYED);
const figures: Record<string, unknown> = {};
for (const [part, measure] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(part)) continue;
  const rows = await measure();
  console.log(`\n${part}\n${table(rows.map((row) => ({ ...row })))}`);
  figures[part] = rows;
}
await mkdir(dirname(values.json), { recursive: true });
await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
