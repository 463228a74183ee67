/** What a user shows after the password. */

import { createHash, randomInt } from 'node:crypto';
import { codeOf, windowOf } from './totp.ts';
import type { UserRecord } from './user-record.ts';
import type { SecondFactor } from './user-settings.ts';

/** IBKR's words: a code is wanted, the answer to a challenge is, or a tap on the phone. */
type TwoFactorType = 'SWTK' | 'SWCR' | 'IBTK';

export type CodeOutcome = 'passed' | 'waiting' | 'refused';

function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

/** One request for a second factor, from when it is asked for until it has been shown. */
export class SecondFactorCheck {
  readonly kind: SecondFactor;
  readonly type: TwoFactorType;
  readonly challenge: string | undefined;
  readonly #user: UserRecord;
  #expected: string | undefined;

  /** @param isMailed The code goes to the mail address because the device is new. */
  constructor(user: UserRecord, kind: SecondFactor, isMailed: boolean) {
    this.#user = user;
    this.kind = kind;
    this.type = typeOf(kind, user.settings.asksChallenge);
    this.challenge = this.type === 'SWCR' ? newCode() : undefined;
    if (this.challenge !== undefined) this.#send('challenge', answerTo(this.challenge));
    if (kind === '4.2') this.#send(isMailed ? 'mail' : 'sms', newCode());
  }

  /** @param time On IBKR's clock, by which the codes of an app are judged. */
  judge(response: string, time: number): CodeOutcome {
    const { push, totpSecret, clockDriftMs } = this.#user.settings;
    if (this.type === 'IBTK')
      return { waiting: 'waiting', approved: 'passed', denied: 'refused' }[push] as CodeOutcome;
    if (this.kind !== '4') return response === this.#expected ? 'passed' : 'refused';
    const window = windowOf(time + clockDriftMs);
    const { usedWindows } = this.#user;
    if (usedWindows.has(window) || response !== codeOf(totpSecret, window)) return 'refused';
    usedWindows.add(window);
    return 'passed';
  }

  #send(by: 'sms' | 'mail' | 'challenge', code: string): void {
    this.#expected = code;
    this.#user.sent.push({ by, code });
  }
}

function typeOf(kind: SecondFactor, asksChallenge: boolean): TwoFactorType {
  if (!kind.startsWith('5.2')) return 'SWTK';
  return asksChallenge ? 'SWCR' : 'IBTK';
}

/** Eight digits, as IB Key shows them; which ones, only IBKR and the phone know. */
function answerTo(challenge: string): string {
  const digest = createHash('sha1').update(`challenge ${challenge}`).digest();
  return String(digest.readUInt32BE(0) % 100_000_000).padStart(8, '0');
}
