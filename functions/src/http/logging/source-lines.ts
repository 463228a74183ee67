/**
 * Where in the sources the lines of a stack trace come from. Node.js would find them by itself, but reads the maps of all
 * that was loaded at the first trace that anybody asks for, which Firestore's client does at every request, and keeps them.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file, and a line and a column in it, both from 1. */
const PLACE = /(?:file:\/\/)?(\/[^\s():]{1,500}\.js):(\d{1,9}):(\d{1,9})/g;

/** By file, until they are collected; null where there is no map. */
const maps = new Map<string, WeakRef<SourceMap> | null>();
/** All of a bundle is in one folder. What is thrown may name other files, which are not looked for. */
const FOLDER = import.meta.dirname;

/** The trace with the places in the sources in place of those in a bundle, as far as maps stand beside it. */
export function withSourceLines(stack: string): string {
  return stack.replaceAll(PLACE, (place, file: string, line: string, column: string) => {
    const map = dirname(file) === FOLDER ? mapOf(file) : undefined;
    const origin = map?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin) || origin.fileName === undefined) return place;
    return `${sourceOf(origin.fileName, file)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

function mapOf(file: string): SourceMap | undefined {
  const known = maps.get(file);
  const kept = known?.deref();
  if (known === null || kept !== undefined) return kept;
  const read = readMap(file);
  maps.set(file, read === null ? null : new WeakRef(read));
  return read ?? undefined;
}

function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return null;
  }
}

/** Maps name sources relative to themselves. */
function sourceOf(name: string, file: string): string {
  return name.startsWith('file:') ? fileURLToPath(name) : resolve(dirname(file), name);
}
