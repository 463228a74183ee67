/** Texts and links by which each host is pointed at a gateway; `endpoint` is its MCP endpoint. */

/** What stands for the reader's own key in every text. */
export const KEY_PLACEHOLDER = 'ibkr_...';

const NAME = 'ibkr';
const AUTHORIZATION = `Bearer ${KEY_PLACEHOLDER}`;

/** The MCP endpoint of the gateway that is served at `origin`. */
export function endpointOf(origin: string): string {
  return `${origin}/mcp`;
}

/** Whether only programs on the reader's own machine can reach it. */
export function isOnThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin);
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname.endsWith('.localhost');
}

/** Lists the tools. */
export function curlCommand(endpoint: string): string {
  const listTools = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  return `curl -sS ${endpoint} -H "Authorization: ${AUTHORIZATION}" -H "Content-Type: application/json" -d '${listTools}'`;
}

export const claudeCode = {
  command: (endpoint: string) => `claude mcp add --transport http ${NAME} ${endpoint}`,
  commandWithKey: (endpoint: string) =>
    `claude mcp add --transport http ${NAME} ${endpoint} --header "Authorization: ${AUTHORIZATION}"`,
};

/** Claude Desktop takes no key for a remote server, so `mcp-remote` (from npm) stands between. */
export const claudeDesktop = {
  config: (endpoint: string) => desktopConfig([endpoint]),
  configWithKey: (endpoint: string) =>
    // The blank of the header is in the environment: on Windows one in the arguments is lost.
    desktopConfig([endpoint, '--header', `Authorization:\${AUTHORIZATION}`], { AUTHORIZATION }),
};

function desktopConfig(args: string[], env?: Record<string, string>): string {
  const server = { command: 'npx', args: ['-y', 'mcp-remote', ...args], ...(env && { env }) };
  return pretty({ mcpServers: { [NAME]: server } });
}

export const cursor = {
  /** Opens Cursor, which asks before it adds the server. Source: Cursor's docs, "MCP Install Links". */
  installLink: (endpoint: string) => {
    const config = btoa(JSON.stringify({ url: endpoint }));
    return `cursor://anysphere.cursor-deeplink/mcp/install?name=${NAME}&config=${encodeURIComponent(config)}`;
  },
  config: (endpoint: string) => pretty({ mcpServers: { [NAME]: { url: endpoint } } }),
  configWithKey: (endpoint: string) =>
    pretty({ mcpServers: { [NAME]: { url: endpoint, headers: { Authorization: AUTHORIZATION } } } }),
};

export const vsCode = {
  /** Opens VS Code, which asks before it adds the server. Source: VS Code's MCP developer guide, "MCP URL handler". */
  installLink: (endpoint: string) =>
    `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: NAME, type: 'http', url: endpoint }))}`,
  config: (endpoint: string) => pretty({ servers: { [NAME]: { type: 'http', url: endpoint } } }),
  /** VS Code asks for the key once and keeps it out of the file. */
  configWithKey: (endpoint: string) => {
    const id = 'ibkr-gateway-key';
    const headers = { Authorization: `Bearer \${input:${id}}` };
    return pretty({
      inputs: [{ type: 'promptString', id, description: 'API key of IBKR Gateway', password: true }],
      servers: { [NAME]: { type: 'http', url: endpoint, headers } },
    });
  },
};

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
