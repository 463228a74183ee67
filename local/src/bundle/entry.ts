/**
 * Where a bundle of the functions begins: what Node.js compiled when it was deployed is not compiled again at each start.
 * What was compiled by another version of Node.js is not used.
 */
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const directory = join(import.meta.dirname, 'compiled');
if (existsSync(directory)) enableCompileCache({ directory, portable: true });

export const {
  accountDeleted,
  api,
  mcp,
  newsDelivery,
  oauth,
  orderUpkeep,
  ownNewsDelivery,
  sessionUpkeep,
  signIn,
  upkeepSchedule,
} = await import('../../../functions/src/index.ts');
