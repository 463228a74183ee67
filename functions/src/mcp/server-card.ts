/** The server card (SEP-2127): what clients and directories may know of the server before they connect to it. */
import { IDENTITY } from './mcp-server.ts';

const SERVER_CARD_TYPE = 'application/mcp-server-card+json';

/** Public, and the same for everybody: pages of others may read it. */
export function serverCard(publicOrigin: string): Response {
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
  return new Response(JSON.stringify(card), {
    headers: {
      'Content-Type': SERVER_CARD_TYPE,
      'Cache-Control': 'public, max-age=3600',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Headers': 'Content-Type',
    },
  });
}
