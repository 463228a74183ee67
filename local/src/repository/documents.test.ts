/** Every file, section, command with its options, address and setting that the documents name is there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { CONSOLE_ANSWERS } from '../../../functions/src/contract/console-api.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');
const ROOMS = 'bench|docs|e2e|functions|local|simulator|web';

/** Paths below the repository that a document names: in links, and in backquotes where they begin with one of its folders. */
function namedPaths(document: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path = '']) =>
    normalize(join(dirname(document), path)),
  );
  const quoted = [...text.matchAll(new RegExp(`\`((?:${ROOMS})/[\\w./-]*)\``, 'g'))].map(
    ([, path = '']) => path,
  );
  // What a reader puts in is no path.
  return [...links, ...quoted].filter((path) => !path.includes('YOUR_'));
}

/** Scripts that a document says to run. */
function namedScripts(text: string): string[] {
  const named = [...text.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)];
  return named.map(([, script, usual]) => script ?? usual ?? '');
}

/** Options that a document says to give to a script: `migrate --dry-run`. */
function namedOptions(text: string): string[] {
  const calls = [...text.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start))( -- [^\n`]*)/g)];
  return calls.flatMap(([, script, start, given = '']) =>
    [...given.matchAll(/ (--[a-z][\w-]*)/g)].map(([, option]) => `${script ?? start} ${option}`),
  );
}

/** Sections that a document links to, here or in another one: `docs/deploy.md#changing-keys`. */
function namedSections(text: string, document: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  return links.map(([, path, section]) =>
    [path ? normalize(join(dirname(document), path)) : document, section].join('#'),
  );
}

/** Addresses of the service: `/mcp`, `GET /api/audit`, `https://YOUR_HOST/mcp`. */
function namedAddresses(text: string): string[] {
  const quoted = [...text.matchAll(/`((?:[A-Z]+ )?\/(?:api|mcp|oauth|\.well-known)(?:\/[^`\s]*)?)`/g)];
  const whole = [...text.matchAll(/https?:\/\/(?:localhost:4280|(?:YOUR_)?HOST)(\/[^\s`"')]*)/g)];
  return [...quoted, ...whole].map(([, address = '']) => address);
}

/** Settings and values in capitals: `AUDIT_DAYS`, and `ORDER_SEED=7` before a command. */
function namedInCapitals(text: string): string[] {
  return [...text.matchAll(/(?<=[`\s])([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)(?=`|=)/g)].map(([, name = '']) => name);
}

/** What npm and builds make, which is no part of the repository. */
const isMade = (path: string) => /(^|\/)(node_modules|dist)$/.test(path);

const texts = new Map(
  globSync('**/*.md', { cwd: REPOSITORY, exclude: isMade }).map((path) => [path, read(path)]),
);

/** What documents name that is not there. */
function missing(named: (text: string, document: string) => string[], isThere: (name: string) => boolean) {
  return [...texts].flatMap(([document, text]) =>
    named(text, document)
      .filter((name) => !isThere(name))
      .map((name) => `${document} names ${name}`),
  );
}

it('finds the documents', () => {
  expect([...texts.keys()]).toContain('README.md');
  expect(namedScripts(read('CONTRIBUTING.md'))).toContain('test:unit');
  expect(namedInCapitals(read('docs/deploy.md'))).toContain('AUDIT_DAYS');
});

it('names no path that is not there', () => {
  const isThere = (path: string) => isMade(path) || existsSync(join(REPOSITORY, path));
  expect(missing((text, document) => namedPaths(document, text), isThere)).toEqual([]);
});

it('names no command that is not there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(missing(namedScripts, (name) => Object.hasOwn(scripts, name))).toEqual([]);
});

it('names no option that its command does not take', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const isThere = (named: string) => {
    const [script = '', option = ''] = named.split(' --');
    const [program = ''] = scripts[script]?.match(/\S+\.ts\b/) ?? [];
    return [...programOf(program)].some((path) => new RegExp(`\\b${option}'?: \\{ *type:`).test(read(path)));
  };
  expect(namedOptions(read('docs/operate.md'))).toContain('migrate --dry-run');
  expect(isThere('migrate --wet-run')).toBe(false);
  expect(missing(namedOptions, isThere)).toEqual([]);
});

/** A program and what it imports beside itself. */
function programOf(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, imported = ''] of read(path).matchAll(/ from '(\.\/[^']+)'/g)) {
    programOf(normalize(join(dirname(path), imported)), found);
  }
  return found;
}

it('links to no section that is not there', () => {
  const sections = new Set(
    [...texts].flatMap(([document, text]) =>
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => `${document}#${anchorOf(title)}`),
    ),
  );
  const named = (text: string, document: string) =>
    namedSections(text, document).filter((section) => /\.md#/.test(section));
  expect(named(read('docs/operate.md'), 'docs/operate.md')).toContain('docs/deploy.md#changing-keys');
  expect(missing(named, (section) => sections.has(section))).toEqual([]);
});

/** As GitHub makes it of a title. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

it('names no address that is not served', () => {
  const isServed = servedAddresses();
  expect(namedAddresses(read('docs/operate.md'))).toContain('GET /api/health');
  expect(isServed('POST /api/health')).toBe(false);
  expect(isServed('/oauth/nothing')).toBe(false);
  expect(missing(namedAddresses, isServed)).toEqual([]);
});

/** Of what firebase.json gives to functions: what the API has in its contract, and the others in their sources. */
function servedAddresses(): (address: string) => boolean {
  const parameters = (path: string) => path.replaceAll(/:\w+|\{\w+\}/g, ':');
  const ofConsole = Object.keys(CONSOLE_ANSWERS).map((route) => parameters(route.replace(' ', ' /api')));
  const sources = globSync('functions/src/{oauth,mcp}/**/*.ts', { cwd: REPOSITORY }).map(read).join('\n');
  const literals = [...sources.matchAll(/'(\/(?:mcp|oauth|\.well-known)\b[^']*)'/g)].map(
    ([, path = '']) => path,
  );
  const consent = [...read('functions/src/oauth/consent.ts').matchAll(/'(\/:uid[^']*)'/g)].map(
    ([, path]) => `/api/consent${path}`,
  );
  const others = [...literals, ...consent].map(parameters);
  return (address) => {
    const [path = '', method] = parameters(address).split(' ').toReversed();
    if (/^\/\w+(\/\*)?$/.test(path)) return true;
    if (others.includes(path)) return true;
    return ofConsole.some(
      (route) => route === `${method ?? 'GET'} ${path}` || (!method && route.endsWith(` ${path}`)),
    );
  };
}

it('names no setting that no source knows', () => {
  const sources = globSync(['**/*.{ts,tsx,json,sh}', '.github/workflows/*.yml'], {
    cwd: REPOSITORY,
    exclude: isMade,
  });
  const words = new Set(sources.flatMap((path) => read(path).match(/\b[A-Z][A-Z\d_]+\b/g) ?? []));
  expect(missing(namedInCapitals, (name) => words.has(name))).toEqual([]);
});
