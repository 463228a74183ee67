/** `npm run vault:rotate`: seals everything anew with the key in front of the ring, so that others can be removed. */
import { parseArgs } from 'node:util';
import {
  countOthers,
  type RotationReport,
  resealAll,
  SEALED_BY_SIGN_IN,
  SEALED_BY_VAULT,
  type SealedBy,
} from '../../../functions/src/store/vault/rotation.ts';
import type { Vault } from '../../../functions/src/store/vault/vault.ts';
import { ACCESS_HELP, ACCESS_OPTIONS, operatorAccess } from './operator-access.ts';

const HELP = `npm run vault:rotate -- [options]

Seals everything anew that is not sealed by the first key of VAULT_KEYS, and what managed connections sign in with by the
first of SIGN_IN_KEYS. It may run while the service does, and be ended and started again. It ends with 0 when the other keys
are needed no more, with 1 when something is left.

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
  const { db, vault, signInVault } = await operatorAccess(values);
  const rotate = async (name: string, ring: Vault, isSealed: SealedBy) => {
    console.log(`${name}: the key ${ring.sealingKeyId} seals.`);
    const report = values.check
      ? await countOthers(db, ring, isSealed)
      : await resealAll(db, ring, isSealed, ({ records, resealed }) => {
          console.log(`${records} records looked at, ${resealed} sealed anew.`);
        });
    console.log(outcome(report));
    return report.left.length;
  };
  let left = await rotate('VAULT_KEYS', vault, SEALED_BY_VAULT);
  if (signInVault !== undefined) left += await rotate('SIGN_IN_KEYS', signInVault, SEALED_BY_SIGN_IN);
  else console.log('SIGN_IN_KEYS is not given: passwords of managed connections were not looked at.');
  return left === 0 ? 0 : 1;
}

function outcome({ records, left }: RotationReport): string {
  if (records === 0)
    return 'It seals no record, so that no key of it is needed, if this is the database that you mean.';
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
