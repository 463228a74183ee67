/** The kinds of connections. A new one is a file here, a line here, its secrets in the contract and its words in `web/`. */

import type { ConnectionKind } from '../../contract/connection-kind.ts';
import { gateway } from './gateway.ts';
import type { KindDefinition } from './kind.ts';
import { managed } from './managed.ts';
import { oauth } from './oauth.ts';
import { sandbox } from './sandbox.ts';

export const KINDS: Readonly<Record<ConnectionKind, KindDefinition>> = {
  sandbox,
  managed,
  gateway,
  oauth,
};
