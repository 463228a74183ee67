/** The web site of a client that publishes what it is (Client ID Metadata Documents) instead of registering. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

export interface DocumentServer {
  /** Publishes a document at an address of its own, which becomes its `client_id`. @returns the address. */
  publish(members: Record<string, unknown>): string;
  close(): Promise<void>;
}

/** Serves on loopback, where the gateway fetches documents only in local mode. */
export async function startDocumentServer(): Promise<DocumentServer> {
  const certificate = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
  const documents = new Map<string, string>();
  const server = createServer(
    { key: certificate.private, cert: certificate.cert },
    ({ url = '' }, outgoing) => {
      const document = documents.get(url);
      outgoing.writeHead(document === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
      outgoing.end(document);
    },
  );
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    publish: (members) => {
      const path = `/clients/${documents.size}.json`;
      const address = `https://localhost:${port}${path}`;
      documents.set(path, JSON.stringify({ client_id: address, ...members }));
      return address;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
