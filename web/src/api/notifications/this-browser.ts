/** Whether this browser itself is told of news, and what its own permissions and push service say to that. */
import type { Channel, CreatedChannel, PushKey } from '@ibkr-gateway/functions/contract/news/channels';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../client/api-client.ts';
import { useChange } from '../client/change.ts';

const SERVICE_WORKER = '/service-worker.js';
const THIS_BROWSER = ['this-browser'];
const CHANNELS = ['channels'];

interface ThisBrowser {
  permission: NotificationPermission;
  /** The SHA-256 of the address at which it is reached, as its channel has it; null: it is reached at none. */
  browser: string | null;
}

/** The person, or the browser for them, does not allow notifications. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/** Whether this browser can be told of news at all. */
export function takesPush(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
}

export function useThisBrowser() {
  return useQuery({ queryKey: THIS_BROWSER, queryFn: readThisBrowser, enabled: takesPush() });
}

/** Has this browser told of news, after its person has allowed that. */
export function useSubscribing() {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async ({ label, showsDetails }: { label: string; showsDetails: boolean }) => {
      if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed();
      await navigator.serviceWorker.register(SERVICE_WORKER);
      const { pushManager } = await navigator.serviceWorker.ready;
      // Its address may be that of another person's channel, who used this browser before.
      await (await pushManager.getSubscription())?.unsubscribe();
      const { publicKey } = (await api.get<PushKey>('/push-key')).data;
      const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
      const { endpoint, keys } = made.toJSON();
      const channel = { kind: 'push', label, showsDetails, subscription: { endpoint, keys } };
      return (await api.post<CreatedChannel>('/channels', channel)).data;
    },
    onSettled: () => invalidateBoth(client),
  });
}

/** Has this browser told nothing any more. */
export function useUnsubscribing({ id }: Pick<Channel, 'id'>) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async () => {
      await api.delete(`/channels/${id}`);
      const registration = await navigator.serviceWorker.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    },
    meta: { takesAway: id },
    onSettled: () => invalidateBoth(client),
  });
}

async function invalidateBoth(client: ReturnType<typeof useQueryClient>): Promise<void> {
  await Promise.all([THIS_BROWSER, CHANNELS].map((queryKey) => client.invalidateQueries({ queryKey })));
}

async function readThisBrowser(): Promise<ThisBrowser> {
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  const { permission } = Notification;
  return { permission, browser: subscription ? await sha256(subscription.endpoint) : null };
}

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
