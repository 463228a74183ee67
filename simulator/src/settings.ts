import type { Region } from './market/region.ts';
import type { HoursMode } from './market/trading-hours.ts';

/** How one simulator behaves; what `main.ts` reads from the command line and `startSimulator` takes. */
export interface Settings {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Same seed, same prices. */
  readonly seed: number;
  /** File that keeps accounts over a restart; without one they live in memory. */
  readonly stateFile?: string;
  readonly hours: HoursMode;
  /** `delayed` marks quotes as such (6509 `DPB`) and asks before orders without market data. */
  readonly marketData: 'realtime' | 'delayed';
  /** `page`: the session at the root begins logged out and needs the login page. */
  readonly login: 'auto' | 'page';
  /** Request limits of IBKR, per session. */
  readonly pacing: boolean;
  /** How long a session that exceeded them is refused everything. IBKR: 10 minutes. */
  readonly penaltyMs: number;
  /** Every night at 01:00 of the region brokerage sessions end, and none can be opened for two minutes. */
  readonly nightlyReset: boolean;
  /** From where IBKR serves the logins. */
  readonly region: Region;
  /** Accounts of each login. */
  readonly accounts: number;
  /** Groups and profiles of each login; with any, the logins are advisors'. */
  readonly groups: readonly string[];
  readonly profiles: readonly string[];
  /** Positions in a new account; 5 unless told otherwise. */
  readonly positions: number;
  /** Earliest moment after the first snapshot call at which a contract's fields are there. */
  readonly warmUpMs: number;
  /** Contracts of which one user can have market data at a time. */
  readonly marketDataLines: number;
  /** OAuth requests whose query parameters are signed otherwise than RFC 5849 says are refused. */
  readonly strictOAuth: boolean;
  /** How many sandboxes there may be where there is a key. */
  readonly sandboxes: number;
  /** What every caller has to show in `X-Simulator-Key`; without one anybody is answered. */
  readonly key?: string;
  /** Whether `/sim` is there, which has no other protection. */
  readonly control: boolean;
  /** Real time; tests may stop it. */
  readonly now: () => number;
}

export const DEFAULT_SETTINGS: Settings = {
  host: '127.0.0.1',
  port: 4290,
  seed: 1,
  hours: 'always',
  marketData: 'realtime',
  login: 'auto',
  pacing: true,
  penaltyMs: 5_000,
  nightlyReset: true,
  region: 'america',
  accounts: 1,
  groups: [],
  profiles: [],
  positions: 5,
  warmUpMs: 100,
  marketDataLines: 100,
  strictOAuth: false,
  sandboxes: 5_000,
  control: true,
  now: Date.now,
};

/** How late delayed market data is. */
export const MARKET_DATA_DELAY_MS = 15 * 60_000;

/** The moment whose market data is shown at `now`; orders always meet the present. */
export function shownTime({ marketData }: Settings, now: number): number {
  return marketData === 'delayed' ? now - MARKET_DATA_DELAY_MS : now;
}
