import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { ConsoleError } from '../../api/client/console-error.ts';

/** A page that is loaded when it is first shown, or before, where that is known. */
export type LazyPage<Props = object> = LazyExoticComponent<ComponentType<Props>> & { preload: () => void };

/**
 * A page, or a large part of one, that is loaded when it is first shown; `name` is what its file exports it as.
 * @throws {ConsoleError} while rendering, when it does not arrive.
 */
export function lazyPage<Name extends string, Props = object>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
): LazyPage<Props> {
  const page = lazy(async () => {
    try {
      return { default: (await load())[name] };
    } catch (cause) {
      throw new ConsoleError(navigator.onLine ? 'part_not_loaded' : 'part_offline', { cause });
    }
  });
  // What does not arrive is asked for once more, and told of, when it is shown.
  return Object.assign(page, { preload: () => void load().catch(() => undefined) });
}
