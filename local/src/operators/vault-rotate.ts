/** `npm run vault:rotate`: seals everything anew with the key in front of the ring, so that others can be removed. */
import { parseArgs } from 'node:util';
import { countOthers, type RotationReport, resealAll } from '../../../functions/src/store/vault/rotation.ts';
import { ACCESS_HELP, ACCESS_OPTIONS, operatorAccess } from './operator-access.ts';

const HELP = `npm run vault:rotate -- [options]

Seals everything anew that is not sealed by the first key of VAULT_KEYS. It may run while the service does, and be ended
and started again. It ends with 0 when the other keys are needed no more, with 1 when something is left.

  --check          only say what is left
${ACCESS_HELP}
  --help           this text`;

/** Of what is left, as many are named. */
const MOST_NAMED = 20;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      ...ACCESS_OPTIONS,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { db, vault } = await operatorAccess(values);
  console.log(`The key ${vault.sealingKeyId} seals.`);
  const report = values.check
    ? await countOthers(db, vault)
    : await resealAll(db, vault, ({ records, resealed }) => {
        console.log(`${records} records looked at, ${resealed} sealed anew.`);
      });
  console.log(outcome(report));
  return report.left.length === 0 ? 0 : 1;
}

function outcome({ records, left }: RotationReport): string {
  if (left.length === 0) return `Of ${records} records none needs another key. The others can be removed.`;
  const keys = [...new Set(left.flatMap(({ keyIds }) => keyIds))].sort();
  const named = left
    .slice(0, MOST_NAMED)
    .map(({ path, keyIds, reason }) => `  ${path} (${keyIds.join(', ')})${reason ? `: ${reason}` : ''}`);
  const more = left.length > MOST_NAMED ? [`  and ${left.length - MOST_NAMED} more`] : [];
  return [
    `${left.length} of ${records} records still need: ${keys.join(', ')}. Keep these keys.`,
    ...named,
    ...more,
  ].join('\n');
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(2);
  },
);
