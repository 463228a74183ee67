/** The tab on which people run a tool themselves, and the forms it makes of input schemas. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../functions/src/tools/registry.ts';
import type { JsonSchema } from '../web/src/api/reference.ts';
import { type Field, fieldsOf, readDraft } from '../web/src/pages/connection/try/schema-fields.ts';
import { curlOf } from '../web/src/pages/connection/try/tool-call.ts';
import { demo } from './own-stack.ts';
import { clipboardOf, eachWithPage, expectAccessible } from './watched-page.ts';

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

  it('says of each field what is wrong with it', () => {
    const draft = { quantity: '1,5', days: '1.5', legs: [{ ratio: 'x' }, {}], odd: '{' };
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

describe('the tab', () => {
  let page: Page;
  let faults: string[];

  eachWithPage({ permissions: ['clipboard-read', 'clipboard-write'] }, (fresh) => {
    ({ page, faults } = fresh);
  });

  async function openTab(tool: string): Promise<void> {
    const { origin, connectionId } = demo();
    await page.goto(`${origin}/connections/${connectionId}/try/${tool}`);
    await page.getByRole('button', { name: 'Continue as the demo user' }).click();
    await page.getByRole('button', { name: 'Run' }).waitFor();
  }

  it('runs a quote with the keyboard alone and shows it as a model gets it', async () => {
    await openTab('');
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'symbol' }).focus();
    await page.keyboard.type('nvda');
    await page.keyboard.press('Enter');
    await page.getByText(/^get_quote answered in \d/).waitFor();
    await page.getByRole('button', { name: 'Copy result' }).click();
    await page.getByRole('button', { name: 'Copied result' }).waitFor();
    expect(JSON.parse(await clipboardOf(page))).toMatchObject({ symbol: 'NVDA', last: expect.any(Number) });
    await page.getByRole('button', { name: 'Copy curl command' }).click();
    await page.getByRole('button', { name: 'Copied curl command' }).waitFor();
    expect(await clipboardOf(page)).toContain('"arguments":{"symbol":"nvda"}');
    await expectAccessible(page);
  });

  it('offers only tools that read', async () => {
    await openTab('get_accounts');
    const offered = await page.getByLabel('Tool').locator('option:enabled').allInnerTexts();
    expect(offered.map((text) => text.split(' ')[0])).toEqual(
      TOOLS.filter(({ scope }) => scope === 'read').map(({ name }) => name),
    );
    await page.getByText('It takes no arguments.').waitFor();
  });

  it('goes to what is missing before anything is asked', async () => {
    await openTab('get_quote');
    await page.getByLabel('Tool').selectOption('search_security');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('Correct what is marked, then run it again.').waitFor();
    await expect
      .poll(() => page.evaluate<string>('document.activeElement?.labels?.[0]?.textContent'))
      .toContain('query');
    await expectAccessible(page);
  });

  it('explains an error, with a link to the help on it', async () => {
    await openTab('get_contract');
    await page.getByRole('textbox', { name: 'symbol' }).fill('NOSUCHX');
    await page.getByRole('button', { name: 'Run' }).click();
    await page
      .getByRole('alert')
      .getByText(/NOSUCHX/)
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'About this error' }).click();
    await page.getByRole('heading', { name: 'not_found' }).waitFor();
    expect(page.url()).toContain('/help/troubleshooting#not_found');
    expect(faults.splice(0)).toEqual([expect.stringContaining('422')]);
  });
});
