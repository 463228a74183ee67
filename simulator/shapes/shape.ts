/**
 * The shape of an answer: its keys, and JSON types in place of its values. Of a list, its rows that differ in shape.
 * Keys that are values themselves are told as what they are, such as `{account}`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

/** An answer as it was recorded. */
export interface Recording {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

const ACCOUNT = /^[A-Z]{1,2}\d{5,9}[A-Z]?(\..+)?$/;

/** Whether a key is the number of an account, or of a part of one. */
export function isAccount(key: string): boolean {
  return ACCOUNT.test(key);
}

/** Keys that are values: wherever they stand, or only below a key or in the recording of a name. */
const VARIABLES: readonly (readonly [name: string, pattern: RegExp, within?: RegExp])[] = [
  ['{account}', ACCOUNT],
  ['{conid}', /^\d{5,}$/],
  ['{period}', /^(\d+[DMWY]|[MQY]TD)$/],
  ['{currency}', /^([A-Z]{3}|BASE)$/, /(market-value|currency-pairs)$/],
  ['{symbol}', /^[A-Z0-9. ]+$/, /trsrv-(stocks|futures)$/],
  ['{class}', /./, /(long|short)$/],
];

/** @param within The recording's name, or the key that leads here. */
export function shapeOf(value: unknown, within = ''): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) return distinct(value.map((row) => shapeOf(row)));
  if (typeof value !== 'object') return typeof value;
  const shapes: Record<string, Shape> = {};
  for (const [key, inner] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const name = nameOf(key, within);
    // Of several accounts, symbols or periods, the one that tells most.
    const shape = shapeOf(inner, key);
    const known = shapes[name];
    if (known === undefined || JSON.stringify(shape).length > JSON.stringify(known).length)
      shapes[name] = shape;
  }
  return shapes;
}

function nameOf(key: string, within: string): string {
  const variable = VARIABLES.find(
    ([, pattern, place]) => pattern.test(key) && (place === undefined || place.test(within)),
  );
  return variable?.[0] ?? key;
}

function distinct(shapes: readonly Shape[]): Shape[] {
  return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
}

/**
 * What a shape has and an answer's has not, or has with another type. The answer may have more.
 * @returns one line each; none when the answer fits.
 */
export function differences(expected: Shape, answered: Shape, path = '$'): string[] {
  if (typeOf(expected) !== typeOf(answered)) {
    return [`${path}: ${typeOf(expected)} expected, ${typeOf(answered)} answered`];
  }
  if (isList(expected) && isList(answered)) {
    return expected.flatMap((row) => differencesOfNearest(row, answered, `${path}[]`));
  }
  if (typeof expected === 'string' || typeof answered === 'string') return [];
  const own = new Map(Object.entries(answered));
  return Object.entries(expected).flatMap(([key, shape]) => {
    const match = own.get(key);
    return match === undefined ? [`${path}.${key}: missing`] : differences(shape, match, `${path}.${key}`);
  });
}

/** Rows differ by what they are about; the most alike is the one to compare with. */
function differencesOfNearest(expected: Shape, rows: readonly Shape[], path: string): string[] {
  const [nearest = [`${path}: nothing answered`]] = rows
    .map((row) => differences(expected, row, path))
    .toSorted((a, b) => a.length - b.length);
  return nearest;
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

function typeOf(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  return isList(shape) ? 'array' : 'object';
}

/** Of every recorded answer, by the recording's name. */
export const RECORDED_SHAPES: Readonly<Record<string, Shape>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recordings.json'), 'utf8'),
);

/** JSON Schema with nothing but types, keys and which of them are required. */
export interface DocumentedShapes {
  /** Of the answer to each operation, `METHOD /path`. */
  readonly operations: Readonly<Record<string, object>>;
  /** What those refer to, as `#/schemas/…`. */
  readonly schemas: Readonly<Record<string, object>>;
}

/** What IBKR's OpenAPI document says of answers. */
export const DOCUMENTED_SHAPES: DocumentedShapes = JSON.parse(
  readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8'),
);

/** Where the recordings and the document lie, which are no part of the repository. */
const OUTSIDE = join(import.meta.dirname, '../../../shared/ibkr');

/** What the shapes are taken from. */
export interface Sources {
  /** By name. */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** IBKR's OpenAPI document. */
  readonly document: unknown;
}

/** What lies in a folder; beside the repository where none is named. Null where there is nothing. */
export function readSources(folder = OUTSIDE): Sources | null {
  const recordings = join(folder, 'recordings');
  if (!existsSync(recordings)) return null;
  const document: unknown = JSON.parse(readFileSync(join(folder, 'openapi.json'), 'utf8'));
  const byName = new Map(
    readdirSync(recordings)
      .toSorted()
      .map((file) => [
        file.replace('.json', ''),
        JSON.parse(readFileSync(join(recordings, file), 'utf8')) as Recording,
      ]),
  );
  return { recordings: byName, document };
}
