/** The forms that the tab on which people run a tool makes of input schemas. */
import type { JsonSchema } from '@ibkr-gateway/functions/contract/site';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../functions/src/tools/registry.ts';
import { type Field, fieldsOf, readDraft } from '../src/features/try-tools/schema-fields.ts';
import { curlOf } from '../src/features/try-tools/tool-call.ts';

describe('a form made of a schema', () => {
  const schema: JsonSchema = {
    type: 'object',
    required: ['side', 'legs'],
    properties: {
      side: { type: 'string', enum: ['BUY', 'SELL'] },
      quantity: { type: 'number' },
      days: { type: 'integer' },
      quotes: { type: 'boolean' },
      id: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      expiry: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      exit: { type: 'object', required: ['stop'], properties: { stop: { type: 'number' } } },
      legs: {
        type: 'array',
        items: { type: 'object', required: ['ratio'], properties: { ratio: { type: 'integer' } } },
      },
      odd: { anyOf: [{ type: 'object' }, { type: 'string' }] },
    },
  };
  const fields = fieldsOf(schema);

  it('has a field of its kind for each argument', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ['side', 'choice'],
      ['quantity', 'number'],
      ['days', 'number'],
      ['quotes', 'flag'],
      ['id', 'scalar'],
      ['expiry', 'text'],
      ['exit', 'group'],
      ['legs', 'list'],
      ['odd', 'json'],
    ]);
  });

  it('reads what was typed, and leaves out what was not', () => {
    const draft = {
      side: 'BUY',
      quantity: ' 0.5 ',
      quotes: true,
      id: '4815747',
      expiry: '',
      exit: { stop: '' },
      legs: [{ ratio: '1' }, { ratio: '-2' }],
      odd: '{"a":[1]}',
    };
    expect(readDraft(fields, draft)).toEqual({
      args: {
        side: 'BUY',
        quantity: 0.5,
        quotes: true,
        id: 4815747,
        legs: [{ ratio: 1 }, { ratio: -2 }],
        odd: { a: [1] },
      },
      problems: null,
    });
  });

  it.each([
    ['1,000.50', 1_000.5],
    ['−1.5k', -1_500],
    ['１２', 12],
    ['1.125', 1.125],
  ])('takes %s for a number as people type it', (quantity, number) => {
    const draft = { side: 'BUY', quantity, legs: [{ ratio: '1' }] };
    expect(readDraft(fields, draft).args).toMatchObject({ quantity: number });
  });

  it('says of each field what is wrong with it', () => {
    const draft = { quantity: '1,5000', days: '1.5', legs: [{ ratio: 'x' }, {}], odd: '{' };
    const { args, problems } = readDraft(fields, draft);
    expect(args).toBeNull();
    expect(Object.keys(problems ?? {})).toEqual([
      'side',
      'quantity',
      'days',
      'legs.0.ratio',
      'legs.1.ratio',
      'legs.1',
      'odd',
    ]);
  });

  it('has a plain field for each argument of every tool', () => {
    const kinds = (field: Field): string[] => {
      if (field.kind === 'group') return field.fields.flatMap(kinds);
      return field.kind === 'list' ? kinds(field.item) : [field.kind];
    };
    const used = TOOLS.flatMap(({ inputSchema }) => fieldsOf(inputSchema as JsonSchema).flatMap(kinds));
    expect(used).not.toContain('json');
  });

  it('quotes the command for a shell', () => {
    const command = curlOf({ tool: 'search_security', args: { query: "Lowe's" } }, 'https://gateway.example');
    expect(command).toContain(String.raw`"query":"Lowe'\''s"`);
  });
});
