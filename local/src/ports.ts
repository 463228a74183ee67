import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Rejects when the port is taken. Without a host, on any address of this machine. */
async function listen(port: number, host?: string): Promise<Server> {
  const server = createServer();
  server.listen({ port, host });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/**
 * Makes sure a port can be used, before anything is started.
 *
 * @param use what it is for, and the option that chooses another.
 * @throws Error naming the port, its use, how to find who has it, and the option.
 */
export async function assertPortFree(port: number, use: { name: string; option: string }): Promise<void> {
  // macOS lets a program listen on 127.0.0.1 while another has the port on all addresses, so try both.
  for (const host of ['127.0.0.1', undefined]) {
    try {
      await close(await listen(port, host));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new Error(
        `Port ${port} (${use.name}) is taken by another program. ` +
          `Find it with "lsof -i :${port}", or choose another port with ${use.option}.`,
      );
    }
  }
}

/** That many different ports which nobody uses at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0, '127.0.0.1')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map(close));
  return ports;
}
