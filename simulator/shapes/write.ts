/**
 * Writes `recordings.json` and `openapi.json` anew: `npm run shapes -- <folder>`, the folder having `recordings/`, one
 * recorded answer a file, and `openapi.json`, IBKR's document. No value of theirs comes into the repository.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DocumentedShapes,
  isAccount,
  type Recording,
  readSources,
  type Shape,
  shapeOf,
} from './shape.ts';

type Schema = Record<string, unknown>;

interface Document {
  paths: Record<
    string,
    Record<string, { responses?: Record<string, { content?: Record<string, { schema?: Schema }> }> }>
  >;
  components: { schemas: Record<string, Schema> };
}

/** Keys of a schema that hold schemas. */
const SCHEMAS = ['items', 'additionalProperties'];
const ALTERNATIVES = ['oneOf', 'anyOf', 'allOf'];
/** Keys whose values are shape. */
const KEPT = ['type', 'required', 'nullable'];

export function recordedShapes(recordings: ReadonlyMap<string, Recording>): Record<string, Shape> {
  return Object.fromEntries([...recordings].map(([name, { body }]) => [name, shapeOf(body, name)]));
}

/** What the document says of every answer with status 200 in JSON, but for those of IBKR's own account management. */
export function documentedShapes(source: unknown): DocumentedShapes {
  const document = source as Document;
  const operations: Record<string, Schema> = {};
  const schemas: Record<string, Schema> = {};
  for (const [path, methods] of Object.entries(document.paths)) {
    if (path.startsWith('/gw/')) continue;
    for (const [method, { responses }] of Object.entries(methods)) {
      const schema = responses?.['200']?.content?.['application/json']?.schema;
      if (schema !== undefined)
        operations[`${method.toUpperCase()} ${path}`] = bare(schema, document, schemas);
    }
  }
  return { operations, schemas };
}

/** A schema without its words, examples and bounds; those that it refers to are added to `schemas`. */
function bare(schema: Schema, document: Document, schemas: Record<string, Schema>): Schema {
  const { $ref } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.replace('#/components/schemas/', '');
    if (schemas[name] === undefined) {
      schemas[name] = {};
      schemas[name] = bare(document.components.schemas[name] ?? {}, document, schemas);
    }
    return { $ref: `#/schemas/${name}` };
  }
  const inner = (value: unknown) => bare(value as Schema, document, schemas);
  const shape: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (KEPT.includes(key)) shape[key] = value === 'integer' ? 'number' : value;
    else if (SCHEMAS.includes(key)) shape[key] = typeof value === 'object' ? inner(value) : value;
    else if (ALTERNATIVES.includes(key)) shape[key] = (value as Schema[]).map(inner);
    else if (key === 'properties') {
      const entries = Object.entries(value as Schema);
      const [variable, named] = [
        entries.filter(([name]) => isAccount(name)),
        entries.filter(([name]) => !isAccount(name)),
      ];
      if (named.length > 0) shape[key] = Object.fromEntries(named.map(([name, of]) => [name, inner(of)]));
      for (const [, of] of variable) shape.additionalProperties = inner(of);
    }
  }
  // `nullable` beside no type says nothing and is refused by validators.
  if (shape.type === undefined) delete shape.nullable;
  return shape;
}

function write(file: string, shapes: object): void {
  writeFileSync(join(import.meta.dirname, file), `${JSON.stringify(shapes, null, 1)}\n`);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  const sources = folder === undefined ? null : readSources(folder);
  if (sources === null) {
    throw new Error('Name the folder that has recordings/ and openapi.json: npm run shapes -- <folder>');
  }
  write('recordings.json', recordedShapes(sources.recordings));
  write('openapi.json', documentedShapes(sources.document));
}
