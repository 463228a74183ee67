/**
 * Loaded into Firebase's emulators with `--import`. The one for sign-ins compiles at its start what checks each parameter
 * of each address that Google has, and for each of these what checks schemas: most of its start, for the few that are used.
 */
import { createRequire } from 'node:module';

interface Exegesis {
  compileApi(document: unknown, options: object, done: unknown): unknown;
}

const requireAt = (paths: string[]) =>
  paths.reduce((require, path) => createRequire(require.resolve(path)), createRequire(import.meta.url));
const exegesis: Exegesis = requireAt(['firebase-tools/package.json', 'exegesis-express'])('exegesis');
const { compileApi } = exegesis;

exegesis.compileApi = (document, options, done) =>
  compileApi(document, { ...options, lazyCompileValidationSchemas: true }, done);
