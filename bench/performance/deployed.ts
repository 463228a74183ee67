import { join } from 'node:path';

/** Where benchmarks put the functions as they are deployed. */
export const DEPLOYED = join(import.meta.dirname, '../../.data/deployed-functions');
