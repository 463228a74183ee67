/**
 * Shows news that the gateway pushes, also while no page of it is open. It keeps nothing and answers no requests, so that
 * pages are always those that are deployed.
 */
import type { PushMessage } from '@ibkr-gateway/functions/contract/news/push-message';

declare const self: ServiceWorkerGlobalScope;

/** What `showNotification` takes, as browsers have it: the types leave actions out. */
interface ShownOptions extends NotificationOptions {
  actions: { action: string; title: string }[];
}

/** For what a newer gateway says that this worker does not understand yet: a push that shows nothing is held against the site. */
const SOMETHING: PushMessage = {
  id: 'news',
  title: 'There is news',
  body: '',
  path: '/news',
  isWaiting: false,
  waitingOrders: null,
};

/** Those that were opened before this worker came, too. */
const ALL_WINDOWS = { type: 'window', includeUncontrolled: true } as const;

self.addEventListener('install', () => {
  void self.skipWaiting();
});

self.addEventListener('push', (event) => {
  event.waitUntil(show(messageIn(event.data)));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  // Whichever action it was: what is said yes or no to, the page shows first.
  event.waitUntil(open(String(event.notification.data)));
});

function messageIn(data: PushMessageData | null): PushMessage {
  try {
    return { ...SOMETHING, ...data?.json() };
  } catch {
    return SOMETHING;
  }
}

async function show({ id, title, body, path, isWaiting, waitingOrders }: PushMessage): Promise<void> {
  const options: ShownOptions = {
    body,
    // Told twice, it is shown once.
    tag: id,
    data: path,
    icon: '/icon-192.png',
    requireInteraction: isWaiting,
    actions: isWaiting
      ? [
          { action: 'approve', title: 'Approve…' },
          { action: 'reject', title: 'Decline…' },
        ]
      : [],
  };
  await self.registration.showNotification(title, options);
  if (waitingOrders !== null) await showOnIcon(waitingOrders);
  // Pages that nobody looks at ask for nothing by themselves.
  for (const page of await self.clients.matchAll(ALL_WINDOWS)) page.postMessage('news');
}

/** A site that was installed as an app has an icon; others are refused. */
async function showOnIcon(count: number): Promise<void> {
  if ('setAppBadge' in navigator) await navigator.setAppBadge(count).catch(() => {});
}

/** Opens a page of this site. A window that shows another one stays as it is: somebody may have entered something there. */
async function open(path: string): Promise<void> {
  const url = new URL(path, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll(ALL_WINDOWS);
  const shown = windows.find((one) => new URL(one.url).pathname === url.pathname);
  if (shown === undefined) await self.clients.openWindow(url);
  else await shown.focus();
}
