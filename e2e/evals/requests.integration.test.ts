/**
 * Whether everyday requests are served by the calls that they should take, and how much of a model's context that costs.
 * Without a model the calls are those of the script; with `EVALS_KEY` and `EVALS_MODEL` a model chooses its own.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, describe, expect, it } from 'vitest';
import { newApp, type TestApp, useApps } from '../../functions/src/testing/app.ts';
import { unpacked } from '../../functions/src/testing/unpacked.ts';
import { callTool } from '../../functions/src/tools/call-tool.ts';
import { TOOLS } from '../../functions/src/tools/registry.ts';
import { listedTools } from '../../functions/src/tools/tool.ts';
import { MODEL } from './config.ts';
import { missingFacts } from './facts.ts';
import { serve } from './live-model.ts';
import { type Answers, type Call, type EvalRequest, REQUESTS } from './requests.ts';

const MOST_CALLS = 45;
const MOST_TOKENS = 10_000;

useApps();

interface Served {
  calls: number;
  tokens: number;
}

const served: Served[] = [];

/** An answer as a host gets it: the result, or `{error}`. */
async function answerTo(app: TestApp, { tool: name, args }: Call): Promise<Record<string, unknown>> {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) return { error: { message: `There is no tool ${name}.` } };
  const result = await callTool(tool, { ...args }, app.context, (fault) => {
    throw fault;
  });
  return result.ok ? result.value : { error: result.error };
}

/** The answers to the calls that are written down. */
async function replay(app: TestApp, { calls }: EvalRequest): Promise<Record<string, unknown>[]> {
  const answers: Record<string, unknown>[] = [];
  for (const call of calls) {
    const before: Answers = answers.map(unpacked);
    const next = typeof call === 'function' ? call(before) : call;
    const answer = await answerTo(app, next);
    expect(answer.error, `${next.tool} ${JSON.stringify(next.args)}`).toBeUndefined();
    answers.push(answer);
  }
  return answers;
}

/** The answers to the calls that a model makes. */
async function live(app: TestApp, { ask }: EvalRequest): Promise<Record<string, unknown>[]> {
  if (MODEL === null) throw new Error('No model is set up.');
  const answers: Record<string, unknown>[] = [];
  const instructions =
    'You serve the owner of an Interactive Brokers account. Orders that are asked for are placed.';
  await serve(MODEL, { instructions, tools: listedTools(TOOLS), ask }, async (tool, args) => {
    const answer = await answerTo(app, { tool, args });
    answers.push(answer);
    return JSON.stringify(answer);
  });
  return answers;
}

describe.concurrent('a request', () => {
  it.each(REQUESTS.map((request) => [request.ask, request] as const))('%s', async (_, request) => {
    const app = await newApp();
    for (const { tool, args } of request.given ?? []) await app.call(tool, args);
    const answers = await (MODEL === null ? replay : live)(app, request);
    expect(missingFacts(answers, request.facts), JSON.stringify(answers).slice(0, 4_000)).toEqual([]);
    const tokens = answers.reduce((sum, answer) => sum + countTokens(JSON.stringify(answer)), 0);
    served.push({ calls: answers.length, tokens });
  });
});

afterAll(() => {
  const sum = (of: (one: Served) => number) => served.reduce((total, one) => total + of(one), 0);
  const [calls, tokens] = [sum((one) => one.calls), sum((one) => one.tokens)];
  process.stdout.write(
    `${served.length} of ${REQUESTS.length} requests served, ${calls} calls, ${tokens} tokens\n`,
  );
  if (served.length < REQUESTS.length || MODEL !== null) return;
  expect(REQUESTS).toHaveLength(30);
  expect(calls).toBeLessThanOrEqual(MOST_CALLS);
  expect(tokens).toBeLessThanOrEqual(MOST_TOKENS);
});
