/** Where the demo user is told of news. */
import { z } from 'zod';
import { api, signInAsDemoUser } from '../../console-client.ts';

export async function removeChannels(): Promise<void> {
  const token = await signInAsDemoUser();
  const { body } = await api(token, 'GET', '/channels');
  const { items } = z.object({ items: z.array(z.object({ id: z.string() })) }).parse(body);
  await Promise.all(items.map(({ id }) => api(token, 'DELETE', `/channels/${id}`)));
}
