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
  // Hosts put this into the model's context at every start; of the results' schemas most make no use.
  const forModels = TOOLS.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  expect(JSON.stringify(forModels).length).toBeLessThan(32_000);
  expect(JSON.stringify(TOOLS.map(({ outputSchema }) => outputSchema)).length).toBeLessThan(60_000);
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
  for (const { inputSchema, name } of TOOLS) check(inputSchema, name);
});

it('lets a failed call keep to the output schema', () => {
  for (const tool of TOOLS) {
    expect(tool.outputSchema.properties, tool.name).toHaveProperty('error');
    expect(tool.outputSchema.anyOf, tool.name).toContainEqual({ required: ['error'] });
  }
});
