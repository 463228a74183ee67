/** What was found about the records of a connection, in words. */
import type { AuditVerification, BreakKind } from '@ibkr-gateway/functions/contract/audit';
import { dateAndSecond, number } from '../../format/numbers.ts';

const BREAKS: Record<BreakKind, string> = {
  changed: 'A record is not as it was written',
  missing: 'Records before this one were deleted',
  order: 'A record does not follow the one before it',
  end_missing: 'The latest records were deleted',
  end_changed: 'The end of the records was changed, put back or deleted',
  end_lost: 'When this was recorded, the records before it had been deleted or changed',
  replaced: 'A record was replaced by another one',
  foreign: 'A record was added that the gateway did not write',
  unverifiable: 'A record cannot be verified: its key is gone',
};

export interface VerificationWords {
  tone: 'good' | 'bad';
  title: string;
  lines: string[];
}

/** `The activity is intact`, with how much was verified; or each place where it is not. */
export function verificationWords(found: AuditVerification): VerificationWords {
  const { isIntact, records, since, breaks, breakCount } = found;
  const many = records === 1 ? '1 record' : `${number(records)} records`;
  const verified =
    since === null ? 'There are no records.' : `${many} since ${dateAndSecond(since)} verified.`;
  const newest = found.isWhole ? [] : ['These are the latest ones. The operator can verify the others.'];
  const old =
    found.unproven === 0
      ? []
      : [`${number(found.unproven)} are from before records were chained: nothing proves them.`];
  if (isIntact) {
    const nothing = 'Nothing in them was changed, added or deleted.';
    const lines = [since === null ? verified : `${verified} ${nothing}`, ...newest, ...old];
    return { tone: 'good', title: 'The activity is intact', lines };
  }
  const places = breaks.map(({ kind, sequence, at }) => {
    const place = [at && dateAndSecond(at), sequence && `record ${number(sequence)}`]
      .filter(Boolean)
      .join(', ');
    return `${BREAKS[kind]}${place === '' ? '' : ` (${place})`}.`;
  });
  const more = breakCount > breaks.length ? [`And ${number(breakCount - breaks.length)} more.`] : [];
  const who = 'Somebody changed the database outside the gateway. Tell its operator.';
  return {
    tone: 'bad',
    title: 'The activity is not what was recorded',
    lines: [...places, ...more, verified, ...newest, ...old, who],
  };
}
