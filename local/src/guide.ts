import type { Demo } from './data/demo-file.ts';

/** What to do with a stack that is ready. */
export function guide({ origin, email, apiKey, managed }: Demo): string {
  return `
  Console   ${origin}  (signs in as ${email})
  API key   ${apiKey}

  List the tools:

    curl -sS ${origin}/mcp -H "Authorization: Bearer ${apiKey}" -H "Content-Type: application/json" -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

  Use it in Claude Code:

    claude mcp add --transport http ibkr-gateway ${origin}/mcp --header "Authorization: Bearer ${apiKey}"

  Have it sign in to the simulated IBKR (Add a connection, IBKR name and password):

    username        ${managed.username}
    password         ${managed.password}
    activation code  ${managed.totpSecret}
    address          ${managed.signInUrl}

  Everything runs on this machine; the account is simulated. Ctrl-C ends it and keeps the data.
`;
}
