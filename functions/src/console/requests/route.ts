import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { METHOD_NAME_ALL } from 'hono/router';

/** The route that answers a request, with the names of its parameters in its path; undefined: none does. */
export function routeOf(context: Context): { method: string; path: string } | undefined {
  return matchedRoutes(context).find((route) => route.method !== METHOD_NAME_ALL);
}
