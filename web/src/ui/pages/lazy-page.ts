import { type ComponentType, lazy } from 'react';
import { ConsoleError } from '../../api/client/console-error.ts';

/**
 * A page, or a large part of one, that is loaded when it is first shown; `name` is what its file exports it as.
 * @throws {ConsoleError} while rendering, when it does not arrive.
 */
export function lazyPage<Name extends string, Props = object>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
) {
  return lazy(async () => {
    try {
      return { default: (await load())[name] };
    } catch (cause) {
      throw new ConsoleError(navigator.onLine ? 'part_not_loaded' : 'part_offline', { cause });
    }
  });
}
