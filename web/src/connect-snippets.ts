/** One way to call the gateway with an API key, ready to paste once the key is filled in. */
export interface ConnectSnippet {
  /** The host or program, as its users call it. */
  client: string;
  /** Where the text goes. */
  where: string;
  text: string;
}

/** What stands for the reader's own key in every snippet. */
export const KEY_PLACEHOLDER = 'ibkr_...';

/** The MCP endpoint of the gateway that is served at `origin`. */
export function endpointOf(origin: string): string {
  return `${origin}/mcp`;
}

/** How each client reaches `endpoint`. The two editors differ in the names of their fields. */
export function connectSnippets(endpoint: string): ConnectSnippet[] {
  const authorization = `Bearer ${KEY_PLACEHOLDER}`;
  const headers = { Authorization: authorization };
  const listTools = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  return [
    {
      client: 'curl',
      where: 'In a terminal: lists the tools',
      text: `curl -sS ${endpoint} -H "Authorization: ${authorization}" -H "Content-Type: application/json" -d '${listTools}'`,
    },
    {
      client: 'Claude Code',
      where: 'In a terminal',
      text: `claude mcp add --transport http ibkr ${endpoint} --header "Authorization: ${authorization}"`,
    },
    {
      client: 'Cursor',
      where: '~/.cursor/mcp.json',
      text: JSON.stringify({ mcpServers: { ibkr: { url: endpoint, headers } } }, null, 2),
    },
    {
      client: 'VS Code',
      where: 'mcp.json, opened with “MCP: Open User Configuration”',
      text: JSON.stringify({ servers: { ibkr: { type: 'http', url: endpoint, headers } } }, null, 2),
    },
  ];
}
