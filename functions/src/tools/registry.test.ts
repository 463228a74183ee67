import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { TOOLS } from './registry.ts';

it("holds exactly the tools of the README's table, which hosts were told of", () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `([a-z_]+)` +\| (read|write) +\|/gm)];
  const listed = rows.map(([, name, scope]) => `${scope} ${name}`);
  expect(listed.toSorted()).toEqual(TOOLS.map(({ name, scope }) => `${scope} ${name}`).toSorted());
});

it('keeps each tool in a file of its name', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const names = new Set(files.map((file) => basename(file)));
  for (const { name } of TOOLS) expect(names).toContain(`${name.replaceAll('_', '-')}.ts`);
});

it('says of a tool that it only reads exactly when its scope is read', () => {
  for (const tool of TOOLS) {
    expect(tool.annotations.readOnlyHint, tool.name).toBe(tool.scope === 'read');
    if (tool.annotations.readOnlyHint) expect(tool.annotations.destructiveHint, tool.name).toBe(false);
  }
});

it('describes every tool and argument in few words', () => {
  for (const tool of TOOLS) {
    expect(tool.name).toMatch(/^[a-z_]{1,64}$/);
    expect(tool.description.length, tool.name).toBeGreaterThan(60);
    expect(tool.description.length, tool.name).toBeLessThan(500);
    expect(tool.description, tool.name).not.toContain('\n');
  }
});

it('bounds every argument and refuses unknown ones, inside arguments too', () => {
  const check = (schema: z.core.JSONSchema.JSONSchema, name: string): void => {
    if (schema.type === 'object') {
      expect(schema.additionalProperties, name).toBe(false);
      for (const [field, inner] of Object.entries(schema.properties ?? {}))
        check(Object(inner), `${name}.${field}`);
      return;
    }
    const limits = ['enum', 'maxLength', 'pattern', 'maximum', 'maxItems'].some((limit) => limit in schema);
    expect(limits || schema.type === 'boolean', name).toBe(true);
    if (schema.type === 'array') check(Object(schema.items), `${name}[]`);
  };
  for (const { acceptedSchema, name } of TOOLS) check(acceptedSchema, name);
});

it('lets a failed call keep to the output schema', () => {
  for (const { name, outputSchema } of TOOLS) {
    expect(outputSchema.properties, name).toHaveProperty('error');
    expect(outputSchema, name).not.toHaveProperty('required');
  }
});

it('calls only what reads of the markets a look at the open world', () => {
  const open = TOOLS.filter(({ scope, annotations }) => scope === 'read' && annotations.openWorldHint);
  expect(
    open.map(({ name }) => name).filter((name) => /account|portfolio|cash|pnl|order|trade/.test(name)),
  ).toEqual([]);
});
