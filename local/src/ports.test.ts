import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { assertPortFree, freePorts } from './ports.ts';

const USE = { name: 'the simulator', option: '--simulator-port' };

it.each(['127.0.0.1', undefined])('names a port that is taken on %s, and the way out', async (host) => {
  const other = createServer().listen({ port: 0, host });
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(assertPortFree(port, USE)).rejects.toThrow(
    `Port ${port} (the simulator) is taken by another program. ` +
      `Find it with "lsof -i :${port}", or choose another port with --simulator-port.`,
  );
  other.close();
  await once(other, 'close');
  await expect(assertPortFree(port, USE)).resolves.toBeUndefined();
});

it('finds as many different free ports as asked for', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  for (const port of ports) await assertPortFree(port, USE);
});
