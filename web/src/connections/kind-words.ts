import type { Connection } from '../api/answers.ts';

export const KIND_WORDS: Record<Connection['kind'], string> = {
  sandbox: 'Sandbox: a simulated account',
  gateway: 'Client Portal Gateway',
  oauth: 'IBKR OAuth',
};
