import { type ComponentType, lazy } from 'react';

/** A page that is loaded when somebody first opens it; `name` is what its file exports it as. */
export function lazyPage<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  return lazy(async () => ({ default: (await load())[name] }));
}
