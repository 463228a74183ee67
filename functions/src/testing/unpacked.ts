/** Test support: answers of tools, their tables as lists of objects. */
import { rowsOf, type Table } from '../contract/table.ts';

/** The same answer with a list of objects for each table in it. */
export function unpacked<Answer extends object>(answer: Answer): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answer).map(([name, field]) => [name, unpackedField(field)]));
}

function unpackedField(field: unknown): unknown {
  if (isTable(field)) return rowsOf(field);
  if (Array.isArray(field)) return field.map(unpackedField);
  return typeof field === 'object' && field !== null ? unpacked(field) : field;
}

function isTable(field: unknown): field is Table<Record<string, unknown>> {
  return typeof field === 'object' && field !== null && 'columns' in field && 'rows' in field;
}
