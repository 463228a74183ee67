import type { Connection } from '@ibkr-gateway/functions/contract/connection';

export const KIND_WORDS: Record<Connection['kind'], string> = {
  sandbox: 'Sandbox: a simulated account',
  gateway: 'Client Portal Gateway',
  oauth: 'IBKR OAuth',
};
