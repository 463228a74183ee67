import { type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Of the button whose place a form takes while it is open: who closes the form is at the button again, where nothing else
 * takes the focus.
 */
export function useOpener(isOpen: boolean): RefObject<HTMLButtonElement | null> {
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen && document.activeElement === document.body) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return opener;
}
