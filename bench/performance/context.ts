/** What the service takes of a model's context, in tokens of o200k: the lists of tools, and answers. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { z } from 'zod';
import { SCOPES } from '../../functions/src/contract/rules/scope.ts';
import { MOST_TOKENS } from '../../functions/src/tools/answer-size.ts';
import { ROUNDS } from './calls.ts';
import { type Served, serve } from './served.ts';

export interface ContextCost {
  what: string;
  tokens: number;
  /** Of the lists: without the schemas of answers, which hosts do not show to models. */
  tokensShown: number;
  bytes: number;
}

/** Arguments by which answers are about as long as they get in a sandbox. */
const LARGE: readonly (readonly [tool: string, args: object])[] = [
  ['get_portfolio', { details: true }],
  ['get_transactions', { days: 365 }],
  ['search_security', { query: 'ES', futures: true }],
  ['get_option_chain', { symbol: 'SPY', strikes: 20, quotes: true }],
  ['get_history', { symbol: 'SPY', period: '2y', bar: '1d', limit: 1_000 }],
  ['run_scanner', { type: 'most_active', limit: 50 }],
];
const listed = z.object({ result: z.object({ tools: z.array(z.looseObject({ name: z.string() })) }) });

/** Lists by scope, an answer of each tool, and the longest ones; no answer may have more than the last line says. */
export async function measureContext(): Promise<ContextCost[]> {
  const served = await serve();
  try {
    const costs: ContextCost[] = [];
    const key = await served.newKey();
    for (const scope of SCOPES) costs.push(await ofList(served, await served.newKey(scope), scope));
    const typical = new Map<string, ContextCost>();
    for (const round of ROUNDS) {
      await round(async (tool, args) => {
        const answer = await served.callTool(key, tool, args);
        typical.set(tool, ofAnswer(tool, answer));
        return answer;
      }, 0);
    }
    costs.push(...typical.values());
    // Of some, IBKR takes one a quarter of an hour.
    const other = await served.newKey();
    for (const [tool, args] of LARGE) {
      costs.push(ofAnswer(`${tool}, long`, await served.callTool(other, tool, args)));
    }
    return [
      ...costs,
      { what: 'the bound of answers', tokens: MOST_TOKENS, tokensShown: MOST_TOKENS, bytes: 0 },
    ];
  } finally {
    await served.stop();
  }
}

async function ofList(served: Served, key: string, scope: string): Promise<ContextCost> {
  const { tools } = listed.parse(await served.request(key, 'tools/list', {})).result;
  const text = JSON.stringify(tools);
  const shown = tools.map(({ outputSchema: _, ...tool }) => tool);
  return {
    what: `tools/list, ${scope}: ${tools.length} tools`,
    tokens: countTokens(text),
    tokensShown: countTokens(JSON.stringify(shown)),
    bytes: Buffer.byteLength(text),
  };
}

function ofAnswer(what: string, answer: object): ContextCost {
  const text = JSON.stringify(answer);
  const tokens = countTokens(text);
  return { what, tokens, tokensShown: tokens, bytes: Buffer.byteLength(text) };
}
