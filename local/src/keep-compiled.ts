/**
 * Loaded into every child with `--import`: writes down what Node.js compiled once the program has begun, and once it has
 * been used. Node.js itself does so when a process exits, which those that are killed do not live to see.
 */
import { flushCompileCache } from 'node:module';

const MOMENTS_MS = [2_000, 15_000];

for (const moment of MOMENTS_MS) setTimeout(flushCompileCache, moment).unref();
