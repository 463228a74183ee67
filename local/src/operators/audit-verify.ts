/** `npm run audit:verify`: whether the audit is as it was written, and all there. */
import { parseArgs } from 'node:util';
import { type ChainOf, chainId, USER_CHAIN } from '../../../functions/src/store/audit-chain/chain.ts';
import type {
  ChainBreak,
  ChainReport,
  KnownRecord,
} from '../../../functions/src/store/audit-chain/chain-check.ts';
import { allChains, verifyChain } from '../../../functions/src/store/audit-chain/verify-chain.ts';
import { isRecordId } from '../../../functions/src/text/record-id.ts';
import { ACCESS_HELP, ACCESS_OPTIONS, operatorAccess } from './operator-access.ts';

const HELP = `npm run audit:verify -- [options]

Verifies the audit: of each connection, and of each person where it is about no connection, one chain of records. It may
run while the service does. It ends with 0 when all are intact, with 1 when one is not, with 2 when it cannot tell.

  --chain ID       only that of a connection, by its id, or of a person, by user- and their uid
  --known N:HASH   with --chain: record N has to be the one with this hash, as the log or an earlier run named it; this
                   finds also that a whole chain was put back to what it was before
${ACCESS_HELP}
  --help           this text`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ...ACCESS_OPTIONS,
      chain: { type: 'string' },
      known: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const known = values.known === undefined ? undefined : knownRecord(values.known);
  if (known !== undefined && values.chain === undefined) throw new Error('--known needs --chain.');
  const storage = await operatorAccess(values);
  const counts = { chains: 0, broken: 0, records: 0, unproven: 0 };
  for await (const of of values.chain === undefined ? allChains(storage.db) : [chainNamed(values.chain)]) {
    const report = await verifyChain(storage, of, { known });
    if (!report.isThere && report.isIntact) continue;
    console.log(told(chainId(of), report));
    counts.chains += 1;
    counts.broken += report.isIntact ? 0 : 1;
    counts.records += report.records;
    counts.unproven += report.unproven;
  }
  // A name may be mistyped, or the database another one.
  if (counts.chains === 0)
    throw new Error(
      `Nothing was verified: there is no ${values.chain === undefined ? 'chain' : 'such chain'} here.`,
    );
  const { chains, broken, records, unproven } = counts;
  console.log(
    `${chains} chains with ${records} records: ${broken === 0 ? 'all intact' : `${broken} BROKEN`}.`,
  );
  if (unproven > 0)
    console.log(`${unproven} records are from before there were chains: nothing proves them.`);
  return broken === 0 ? 0 : 1;
}

function chainNamed(id: string): ChainOf {
  if (!isRecordId(id)) throw new Error('--chain is the id of a connection, or user- and a uid.');
  if (!id.startsWith(USER_CHAIN)) return { ownerUid: '', connectionId: id };
  return { ownerUid: id.slice(USER_CHAIN.length), connectionId: '' };
}

function knownRecord(text: string): KnownRecord {
  const [, sequence, hash] = /^([1-9]\d*):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new Error('--known is a number and a hash, as 12:9f….');
  return { sequence: Number(sequence), hash };
}

function told(chain: string, report: ChainReport): string {
  const { isIntact, records, since, sequence, hash, breaks, breakCount } = report;
  const span = since === null ? '' : ` since ${since.toISOString()}`;
  const end = hash === null ? '' : `, ends at ${sequence}:${hash}`;
  if (isIntact) return `${chain}: intact, ${records} records${span}${end}`;
  const more = breakCount > breaks.length ? [`  and ${breakCount - breaks.length} more`] : [];
  return [`${chain}: BROKEN, ${records} good records${span}`, ...breaks.map(breakTold), ...more].join('\n');
}

const WORDS: Record<ChainBreak['kind'], string> = {
  changed: 'this record is not as it was written',
  missing: 'records before this one were deleted',
  order: 'this record does not follow the one before',
  end_missing: 'the records up to this one were deleted',
  end_changed: 'where the chain ends was changed, put back or deleted',
  end_lost: 'when this record was written, the end of the chain was gone or changed',
  replaced: 'this is not the record that was here before',
  foreign: 'this record has no place in the chain',
  unverifiable: 'the key of this record is gone',
};

function breakTold({ kind, recordId, sequence, at }: ChainBreak): string {
  const place = recordId ?? (sequence === null ? 'the end' : `record ${sequence}`);
  return `  ${place}${at === null ? '' : ` (${at.toISOString()})`}: ${WORDS[kind]}`;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(2);
  },
);
