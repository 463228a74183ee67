/** What `npm run mutants` breaks, one at a time: a text that stands in its file exactly once, and what takes its place. */
import { ADMISSION } from './mutations/admission.ts';
import { LIMITS } from './mutations/limits.ts';
import type { Mutation } from './mutations/mutation.ts';
import { REPORTS } from './mutations/reports.ts';
import { SENDING } from './mutations/sending.ts';
import { TELLING } from './mutations/telling.ts';

export const MUTATIONS: readonly Mutation[] = [...SENDING, ...ADMISSION, ...LIMITS, ...REPORTS, ...TELLING];
