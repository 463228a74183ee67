/**
 * Whether everyday requests are served by the calls that they should take, and how much of a model's context that costs.
 * Without a model the calls are those of the script; with `EVALS_KEY` and `EVALS_MODEL` a model chooses its own.
 */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, describe, expect, it } from 'vitest';
import { INSTRUCTIONS } from '../../functions/src/mcp/mcp-server.ts';
import { newApp, type TestApp, useApps } from '../../functions/src/testing/app.ts';
import { unpacked } from '../../functions/src/testing/unpacked.ts';
import { callTool } from '../../functions/src/tools/call-tool.ts';
import { TOOLS } from '../../functions/src/tools/registry.ts';
import { listedTools } from '../../functions/src/tools/tool.ts';
import { MODEL } from './config.ts';
import type { Call, EvalRequest, Step } from './eval-request.ts';
import { missingFacts } from './facts.ts';
import { FURTHER_REQUESTS } from './further-requests.ts';
import { serve } from './live-model.ts';
import { REQUESTS } from './requests.ts';

const MOST_CALLS = 45;
const MOST_TOKENS = 10_000;
/** A model thinks. */
const LIVE_MS = 600_000;

useApps();

interface Served {
  calls: number;
  tokens: number;
}

/** An answer as a host gets it: the result, or `{error}`. */
async function answerTo(app: TestApp, { tool: name, args }: Call): Promise<Record<string, unknown>> {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) return { error: { message: `There is no tool ${name}.` } };
  const result = await callTool(tool, { ...args }, app.context, (fault) => {
    throw fault;
  });
  return result.ok ? result.value : { error: result.error };
}

/** The answers to calls that are written down, after others. */
async function play(app: TestApp, steps: readonly Step[]): Promise<Record<string, unknown>[]> {
  const answers: Record<string, unknown>[] = [];
  for (const step of steps) {
    const next = typeof step === 'function' ? step(answers.map(unpacked)) : step;
    if (next === null) continue;
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
  const instructions = `${INSTRUCTIONS} Orders that are asked for are placed.`;
  await serve(MODEL, { instructions, tools: listedTools(TOOLS), ask }, async (tool, args) => {
    const answer = await answerTo(app, { tool, args });
    answers.push(answer);
    return JSON.stringify(answer);
  });
  return answers;
}

/** Serves each request, and tells what that took. */
function servesAll(requests: readonly EvalRequest[]): Served[] {
  const served: Served[] = [];
  it.each(requests.map((request) => [request.ask, request] as const))(
    '%s',
    MODEL === null ? {} : { timeout: LIVE_MS },
    async (_, request) => {
      const app = await newApp(request.settings);
      await play(app, request.given ?? []);
      const answers = await (MODEL === null ? play(app, request.calls) : live(app, request));
      expect(missingFacts(answers, request.facts), JSON.stringify(answers).slice(0, 4_000)).toEqual([]);
      const tokens = answers.reduce((sum, answer) => sum + countTokens(JSON.stringify(answer)), 0);
      served.push({ calls: answers.length, tokens });
    },
  );
  return served;
}

/** Says what the requests took. */
function total(of: string, served: readonly Served[], count: number): Served {
  const calls = served.reduce((sum, one) => sum + one.calls, 0);
  const tokens = served.reduce((sum, one) => sum + one.tokens, 0);
  const by = MODEL === null ? 'by the script' : `by ${MODEL.model}`;
  process.stdout.write(
    `${of}: ${served.length} of ${count} served ${by}, ${calls} calls, ${tokens} tokens\n`,
  );
  return { calls, tokens };
}

describe.concurrent('an everyday request', () => {
  const served = servesAll(REQUESTS);
  afterAll(() => {
    const { calls, tokens } = total('everyday requests', served, REQUESTS.length);
    if (served.length < REQUESTS.length || MODEL !== null) return;
    expect(REQUESTS).toHaveLength(30);
    expect(calls).toBeLessThanOrEqual(MOST_CALLS);
    expect(tokens).toBeLessThanOrEqual(MOST_TOKENS);
  });
});

describe.concurrent('a further request', () => {
  const served = servesAll(FURTHER_REQUESTS);
  afterAll(() => {
    total('further requests', served, FURTHER_REQUESTS.length);
  });
});
