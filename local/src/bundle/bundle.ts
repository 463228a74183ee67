/** A program and all that it imports as a few files of JavaScript. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, transform } from 'esbuild';

const REPOSITORY = join(import.meta.dirname, '../../..');
/** What CommonJS has of itself, for the packages among the ES modules that these files are. */
const COMMONJS =
  `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url),` +
  `__filename=import.meta.filename,__dirname=import.meta.dirname;`;
const EMPTY = fileURLToPath(new URL('./empty.cjs', import.meta.url));

/**
 * Writes `index.js` and its parts: what a program imports later is a part of its own, loaded then. Source maps stand
 * beside them, and comments with licences at the ends of the files.
 *
 * @param directory Where they go; the folder is made.
 * @returns the files that went in, relative to the repository.
 * @throws {Error} naming what cannot be resolved or parsed.
 */
export async function bundle(program: string, directory: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: { index: program },
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: COMMONJS },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    // Read at each start, and never used. Of `whatwg-url` node-fetch takes the class `URL` where Node.js lacks one; with
    // `jwks-rsa` firebase-admin verifies tokens of App Check.
    alias: { 'whatwg-url': EMPTY, 'jwks-rsa': EMPTY },
    plugins: [packagesWithoutLines, withoutCallables],
  });
  return Object.keys(metafile.inputs);
}

/**
 * What firebase-functions loads at each start for callable and blocking functions, of which there are none here. Firebase
 * Authentication's library is then loaded by who asks for it.
 */
const withoutCallables: Plugin = {
  name: 'without callables',
  setup({ onResolve }) {
    onResolve({ filter: /^firebase-admin\/(auth|app-check)$/ }, ({ importer }) =>
      importer.includes('/node_modules/firebase-functions/') ? { path: EMPTY } : null,
    );
  },
};

/**
 * Source maps know of packages only the file: Node.js reads the maps at the first error that is logged, and with the lines
 * of all packages this would take more memory than a function has to spare. Their JSON, Firestore's protocol above all,
 * is read as such when it is needed, for which it takes a fraction of the time.
 */
const packagesWithoutLines: Plugin = {
  name: 'packages without lines',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.+\.[cm]?js(on)?$/ }, async ({ path }) => {
      const map = { version: 3, sources: [basename(path)], names: [], mappings: 'AAAA' };
      const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
      const text = await readFile(path, 'utf8');
      const code = path.endsWith('.json')
        ? `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(text)))});`
        : (await withNames(path, text)).replaceAll(/^\/\/[#@] sourceMappingURL=.*$/gm, '');
      return { contents: `${code}\n//# sourceMappingURL=${url}`, loader: 'js' };
    });
  },
};

/**
 * Where two packages call a class alike, one of the two is renamed, and oidc-provider stores its records by the names of
 * its classes. Keeping the names of all functions would cost a function a tenth of its start and each call a fiftieth.
 */
async function withNames(path: string, text: string): Promise<string> {
  if (!path.includes('/oidc-provider/')) return text;
  return (await transform(text, { keepNames: true })).code;
}
