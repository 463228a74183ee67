/** `npm run migrate`: brings the records of earlier releases up to what this one writes. */
import { parseArgs } from 'node:util';
import { type MigrationReport, migrateAll } from '../../../functions/src/store/migration.ts';
import { ACCESS_OPTIONS, DATABASE_HELP, operatorDatabase } from './operator-access.ts';

const HELP = `npm run migrate -- [options]

Writes into the records of earlier releases what this one reads in place of what they lack; what they hold stays as it is. It
may run while the service does, and be ended and started again. It ends with 0 when nothing is left, else with 1.

  --dry-run        only count
${DATABASE_HELP}
  --help           this text`;

/** Of what failed, as many are named. */
const MOST_NAMED = 20;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      ...ACCESS_OPTIONS,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const isDryRun = values['dry-run'];
  const reports = await migrateAll(await operatorDatabase(values), {
    isDryRun,
    onPage: ({ collection, records }) => console.error(`${collection}: ${records} records looked at.`),
  });
  for (const report of reports) console.log(outcome(report, isDryRun));
  const isDone = reports.every(({ older, rewritten, failed }) => older === rewritten && failed.length === 0);
  console.log(isDone ? 'Nothing is left.' : 'Not all records are of this release.');
  return isDone ? 0 : 1;
}

function outcome(
  { collection, records, older, rewritten, failed }: MigrationReport,
  isDryRun: boolean,
): string {
  const done = isDryRun ? `${older} of ${records} to be rewritten` : `${rewritten} of ${records} rewritten`;
  const named = failed.slice(0, MOST_NAMED).map(({ path, reason }) => `  ${path}: ${reason}`);
  const more = failed.length > MOST_NAMED ? [`  and ${failed.length - MOST_NAMED} more`] : [];
  const failures = failed.length === 0 ? '' : `, ${failed.length} failed`;
  return [`${collection}: ${done}${failures}`, ...named, ...more].join('\n');
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(2);
  },
);
