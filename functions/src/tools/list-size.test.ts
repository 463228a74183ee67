/** What a model reads of the tools before its first call, in tokens of o200k. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { TOOLS } from './registry.ts';
import { listedTools, type Tool } from './tool.ts';

const READS = TOOLS.filter(({ scope }) => scope === 'read');

/** What directories of hosts take for instructions to a model. */
const BEHAVIOUR =
  /\b(always|never|must|should|please|important|remember|make sure|be sure|tell the user|ask the user|say so|use (it|this)|(do not|don.t) (call|use|place|send|tell)|(call|use) \w+ (first|before)|before (calling|using|you)|you (have to|need to|are to))\b/i;

function tokens(tools: readonly Tool[], withOutputs: boolean): number {
  const listed = listedTools(tools).map(({ outputSchema, ...tool }) =>
    withOutputs ? { ...tool, outputSchema } : tool,
  );
  return countTokens(JSON.stringify({ tools: listed }));
}

describe('the list of tools', () => {
  it('is short enough to be read in every chat', () => {
    expect(tokens(TOOLS, true)).toBeLessThanOrEqual(12_000);
    expect(tokens(TOOLS, false)).toBeLessThanOrEqual(7_000);
    expect(tokens(READS, false)).toBeLessThanOrEqual(4_500);
  });

  it('describes the arguments of an order once, to whoever sees one tool that takes it or two', () => {
    const described = (tools: readonly Tool[]) =>
      listedTools(tools)
        .filter(({ inputSchema }) => 'stop_loss_price' in (inputSchema.properties ?? {}))
        .filter(({ inputSchema }) => JSON.stringify(inputSchema).includes('description'))
        .map(({ name }) => name);
    expect(described(TOOLS)).toEqual(['place_order']);
    expect(described(READS)).toEqual(['preview_order']);
  });

  it('says what tools do, and not how a model is to behave', () => {
    for (const { name, description, inputSchema } of listedTools(TOOLS)) {
      const words = `${description} ${JSON.stringify(inputSchema)}`;
      expect(words, name).not.toMatch(BEHAVIOUR);
    }
  });

  it('is without what only refuses slips', () => {
    const lists = JSON.stringify(listedTools(TOOLS));
    expect(lists).not.toMatch(/"(pattern|additionalProperties|maxLength|format)":/);
    expect(lists).not.toMatch(/"(maximum|exclusiveMinimum)":\d{6,}/);
  });
});
