/** The server card (SEP-2127): what clients and directories may know of the server before they connect to it. */
import { IDENTITY } from './mcp-server.ts';

const SERVER_CARD_TYPE = 'application/mcp-server-card+json';

const METHODS = 'GET, HEAD, OPTIONS';
/** Public, and the same for everybody: pages of others may read it. */
const FOR_EVERYBODY = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': METHODS,
  'Access-Control-Allow-Headers': 'Content-Type, MCP-Protocol-Version',
};

/** Answers whatever is asked at the address of the card. */
export function serverCard({ method }: Request, publicOrigin: string): Response {
  if (method === 'OPTIONS')
    return new Response(null, { status: 204, headers: { ...FOR_EVERYBODY, Allow: METHODS } });
  if (method !== 'GET' && method !== 'HEAD')
    return new Response(null, { status: 405, headers: { Allow: METHODS } });
  const { name, title, version } = IDENTITY;
  const host = new URL(publicOrigin).hostname;
  const card = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
    name: `${host.split('.').toReversed().join('.')}/${name}`,
    title,
    version,
    description: 'Reads an Interactive Brokers account, and trades in it where its owner allows it.',
    websiteUrl: publicOrigin,
    icons: [{ src: `${publicOrigin}/icon-512.png`, mimeType: 'image/png', sizes: ['512x512'] }],
    remotes: [{ type: 'streamable-http', url: `${publicOrigin}/mcp` }],
  };
  return new Response(method === 'HEAD' ? null : JSON.stringify(card), {
    headers: {
      'Content-Type': SERVER_CARD_TYPE,
      'Cache-Control': 'public, max-age=3600',
      ...FOR_EVERYBODY,
    },
  });
}
