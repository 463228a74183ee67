/** FYI notifications, the part that readers use. The user of a simulator has none. */

import { type Answer, ok } from '../http/answer.ts';
import type { Route } from '../http/router.ts';

/** Accepted: what the client asked for has been noted. */
function accepted(): Answer {
  return ok({ V: 1, T: 10 });
}

export const notificationRoutes: readonly Route[] = [
  { method: 'GET', path: '/fyi/unreadnumber', needs: 'login', handle: () => ok({ BN: 0 }) },
  { method: 'GET', path: '/fyi/notifications', needs: 'login', handle: () => ok([]) },
  { method: 'GET', path: '/fyi/deliveryoptions', needs: 'login', handle: () => ok({ M: 1, E: [] }) },
  { method: 'PUT', path: '/fyi/deliveryoptions/email', needs: 'login', handle: accepted },
  {
    method: 'GET',
    path: '/fyi/settings',
    needs: 'login',
    handle: () =>
      ok([{ FC: 'M8', H: 0, A: 1, FD: 'Notify me about dividend-equivalent tax.', FN: '871(m) Trades' }]),
  },
  { method: 'POST', path: '/fyi/settings/:code', needs: 'login', handle: accepted },
  {
    method: 'GET',
    path: '/fyi/disclaimer/:code',
    needs: 'login',
    handle: ({ params }) => ok({ FC: params.code, DT: 'This notification is simulated.' }),
  },
  { method: 'PUT', path: '/fyi/disclaimer/:code', needs: 'login', handle: accepted },
];
