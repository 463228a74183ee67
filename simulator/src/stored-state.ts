/** What a simulator keeps over a restart. */

import type { StoredAccount } from './accounts/account-book.ts';
import type { Allocations } from './session/session-state.ts';
import type { UserSettings } from './sign-in/user-settings.ts';

/** What survives a restart. */
export interface StoredState {
  readonly version: 1;
  /** Open orders have been matched up to here (epoch ms). */
  readonly seenUntil: number;
  readonly nextOrderId: number;
  readonly nextExecution: number;
  readonly accounts: readonly StoredAccount[];
  /** Groups and profiles of advisors' logins, by the key of the session. */
  readonly allocations?: Readonly<Record<string, Allocations>>;
  /** Who can sign in by name and password. */
  readonly signInUsers?: readonly UserSettings[];
}
