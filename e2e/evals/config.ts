/** The model that serves the requests in place of the script, where somebody gives a key for one. */
import type { LiveModel } from './live-model.ts';

const DEFAULT_URL = 'https://api.openai.com/v1';

const { EVALS_KEY: key, EVALS_MODEL: model, EVALS_URL: url = DEFAULT_URL } = process.env;

if ((key === undefined) !== (model === undefined)) {
  const missing = key === undefined ? 'EVALS_KEY, the key of its provider,' : 'EVALS_MODEL, its name,';
  throw new Error(
    `${missing} is missing: a model serves the requests with both, and the script does without.`,
  );
}

export const MODEL: LiveModel | null = key === undefined || model === undefined ? null : { key, model, url };
