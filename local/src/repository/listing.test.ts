/** What `docs/listing.md` tells directories is so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { IDENTITY } from '../../../functions/src/mcp/mcp-server.ts';
import { TOOLS } from '../../../functions/src/tools/registry.ts';

const LISTING = readFileSync(join(import.meta.dirname, '../../../docs/listing.md'), 'utf8');
const [, prompts = '', refused = ''] = LISTING.split(/^\| prompt \|.*$/m);
const rows = (table: string) => table.split('\n\n')[0]?.split('\n').slice(2) ?? [];

it('has five prompts that do something, by tools that there are, and three that may do nothing', () => {
  expect(rows(prompts)).toHaveLength(5);
  expect(rows(refused)).toHaveLength(3);
  const named = rows(prompts).flatMap((row) => row.split('|')[2]?.match(/\w+_\w+/g) ?? []);
  const names = TOOLS.map(({ name }) => name);
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

it('gives reasons for the hints of the tools that change something at a broker', () => {
  const [, said = ''] = /Tools? that read have `readOnlyHint`\.([\s\S]*?)destructive/i.exec(LISTING) ?? [];
  const destructive = TOOLS.filter(({ annotations }) => annotations.destructiveHint).map(({ name }) => name);
  expect(said.match(/\w+_\w+/g)?.toSorted()).toEqual(destructive.toSorted());
});

it('has a template for the registry with the name and version that the server says', () => {
  const template = JSON.parse(/^ {4}\{[\s\S]*^ {4}\}$/m.exec(LISTING)?.[0] ?? '');
  expect(template).toMatchObject({ title: IDENTITY.title, version: IDENTITY.version });
  expect(template.name.endsWith(`/${IDENTITY.name}`)).toBe(true);
  // As the registry takes it.
  expect(template.description.length).toBeLessThanOrEqual(100);
});
