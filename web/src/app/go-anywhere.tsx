import { Suspense, useEffect, useState } from 'react';
import { lazyPage } from '../ui/pages/lazy-page.ts';

const Places = lazyPage(() => import('../features/go-anywhere/places.tsx'), 'Places');

/** ⌘K, or Ctrl K: a list of all pages to go to, loaded when it is asked for. */
export function GoAnywhere() {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setIsOpen(true);
    };
    addEventListener('keydown', open);
    return () => removeEventListener('keydown', open);
  }, []);
  if (!isOpen) return null;
  return (
    <Suspense>
      <Places onClose={() => setIsOpen(false)} />
    </Suspense>
  );
}
