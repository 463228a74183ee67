import type { SecondFactor, UserSettings } from './user-settings.ts';

const FAILURES_UNTIL_LOCK = 10;
/** Of failures and of the lock. */
const DAY_MS = 86_400_000;

/** A code that left the simulated IBKR, or what the person would answer to a challenge. */
export interface SentCode {
  readonly by: 'sms' | 'mail' | 'challenge';
  readonly code: string;
}

/** What happened to one user name, and what IBKR remembers of it. */
export class UserRecord {
  settings: UserSettings;
  /** Nobody has this name; IBKR does not tell before a password comes. */
  isUnknown: boolean;
  attempts = 0;
  refused = 0;
  codesRefused = 0;
  signedIn = 0;
  /** How often ten failures have locked it. */
  lockouts = 0;
  readonly sent: SentCode[] = [];
  readonly devices = new Set<string>();
  /** Windows of the app whose codes have been taken. */
  readonly usedWindows = new Set<number>();
  #failures: number[] = [];
  #lockedUntil = 0;

  constructor(settings: UserSettings, isUnknown = false) {
    this.settings = settings;
    this.isUnknown = isUnknown;
  }

  isLocked(now: number): boolean {
    return now < this.#lockedUntil;
  }

  /** A wrong password or a wrong code; the tenth in a day locks the user for a day. */
  fail(now: number): void {
    if (this.isLocked(now)) return;
    this.#failures = [...this.#failures.filter((time) => time > now - DAY_MS), now];
    if (this.#failures.length < FAILURES_UNTIL_LOCK) return;
    this.#lockedUntil = now + DAY_MS;
    this.#failures = [];
    this.lockouts += 1;
  }

  unlock(): void {
    this.#failures = [];
    this.#lockedUntil = 0;
  }

  forget(): void {
    this.attempts = 0;
    this.refused = 0;
    this.codesRefused = 0;
    this.signedIn = 0;
    this.lockouts = 0;
    this.sent.length = 0;
    this.unlock();
  }

  /** Whether the device, by its cookie `SBID`, needs a mailed code. */
  isNew(device: string | undefined): boolean {
    return this.settings.mailsCodeToNewDevice && (device === undefined || !this.devices.has(device));
  }

  /** What the user has to show after the password, on this device. */
  factorsOn(device: string | undefined): readonly SecondFactor[] {
    return this.isNew(device) ? ['4.2'] : this.settings.secondFactors;
  }
}
