/** Asking a gateway, and what came of it. */

/** What a gateway answered. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The answer as JSON; null where it is none. */
  json: unknown;
}

export interface Gateway {
  /** As people reach it, such as `https://gateway.example.com`. */
  origin: string;
  /** An API key of a connection; undefined: none was given. */
  key: string | undefined;
  ask(path: string, request?: RequestInit): Promise<Answer>;
}

export interface Check {
  /** What is looked at. */
  name: string;
  /** What the operator can do where it is wrong. */
  fix: string;
  /** It is left out where no key was given. */
  needsKey?: boolean;
  /** @returns what is wrong; null: nothing. */
  look(gateway: Gateway): Promise<string | null>;
}

export interface Finding {
  name: string;
  trouble: string | null;
  fix: string;
}

const ANSWERS_WITHIN_MS = 20_000;

/** The checks in turn; after the first of them fails, which is whether it can be reached, no other is made. */
export async function* examine(
  checks: readonly Check[],
  origin: string,
  key: string | undefined,
): AsyncGenerator<Finding> {
  const gateway: Gateway = { origin, key, ask: (path, request) => ask(origin + path, request) };
  for (const [index, { name, fix, look, needsKey = false }] of checks.entries()) {
    if (needsKey && key === undefined) continue;
    const trouble = await look(gateway).catch(reasonOf);
    yield { name, trouble, fix };
    if (index === 0 && trouble !== null) return;
  }
}

async function ask(url: string, request: RequestInit = {}): Promise<Answer> {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const answer = await fetch(url, { redirect: 'manual', signal, ...request });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch` says no more than that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `No answer within ${ANSWERS_WITHIN_MS / 1_000} seconds.`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
