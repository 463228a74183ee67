/** Test support: what a host of protocol 2026-07-28, which can show a form, sends with the call of a tool. */
const PROTOCOL = '2026-07-28';

const SELF = {
  protocolVersion: PROTOCOL,
  clientInfo: { name: 'host', version: '1' },
  clientCapabilities: { elicitation: { form: {} } },
};

/** `_meta` of its parameters. */
export const hostMeta = Object.fromEntries(
  Object.entries(SELF).map(([field, value]) => [`io.modelcontextprotocol/${field}`, value]),
);

/** Its headers, besides those of every call. */
export function hostHeaders(tool: string): Record<string, string> {
  return {
    Accept: 'application/json, text/event-stream',
    'Mcp-Protocol-Version': PROTOCOL,
    'Mcp-Method': 'tools/call',
    'Mcp-Name': tool,
  };
}
