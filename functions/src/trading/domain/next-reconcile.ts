/** When the schedule looks after an intent that nobody asks about. */
import type { OrderIntent } from './intent.ts';
import { ABANDONED_MS } from './ledger.ts';
import { isHeld } from './order-state.ts';

/** A call that found a outcome unknown may still be looking. */
const LOOK_AGAIN_MS = 60_000;
/** A working order that nobody asks about is read at every run of the schedule, which comes once a minute. */
const WORKING_LOOK_MS = 20_000;
/** What IBKR holds without working it may change back at any time. */
const HELD_LOOK_MS = 5 * 60_000;
/** An order that IBKR did not have is looked for again so long after that was found. */
const LATE_LOOKS_MS = [60_000, 5 * 60_000, 30 * 60_000, 6 * 3_600_000];

/** When the schedule has to look after an intent that nobody asks about; null: never. */
export function nextReconcile(intent: OrderIntent, now: Date): Date | null {
  const { state, approval, question, filledAt, absentSince, ibkrStatus } = intent;
  const after = (ms: number) => new Date(now.getTime() + ms);
  switch (state) {
    case 'awaiting_approval':
      return approval.expiresAt;
    case 'needs_reply':
      return question === null ? now : question.expiresAt;
    case 'sending':
      return after(ABANDONED_MS);
    case 'unknown':
      return after(LOOK_AGAIN_MS);
    case 'working':
      return after(isHeld(ibkrStatus) ? HELD_LOOK_MS : WORKING_LOOK_MS);
    case 'filled':
      return filledAt === null ? after(LOOK_AGAIN_MS) : null;
    case 'rejected':
    case 'not_placed':
      return absentSince === null ? null : nextLateLook(absentSince, now);
    default:
      return null;
  }
}

function nextLateLook(absentSince: Date, now: Date): Date | null {
  const looks = LATE_LOOKS_MS.map((later) => new Date(absentSince.getTime() + later));
  return looks.find((look) => look > now) ?? null;
}
