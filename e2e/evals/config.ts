/** The model that serves the requests in place of the script, where somebody gives a key for one. */
import type { LiveModel } from './live-model.ts';

const DEFAULT_URL = 'https://api.openai.com/v1';

const { EVALS_KEY: key, EVALS_MODEL: model, EVALS_URL: url = DEFAULT_URL } = process.env;

export const MODEL: LiveModel | null = key === undefined || model === undefined ? null : { key, model, url };
