import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

/**
 * Keeps the focus in the page, as the browser does with documents. The content of a page gets it when the page is
 * opened, and whenever what had it goes away, such as a button that was pressed, and nothing else takes it.
 */
export function PageFocus() {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    // Who goes from tab to tab of a page stays at the tabs.
    if (!content()?.contains(document.activeElement)) focusContent();
  }, [pathname]);

  useEffect(() => {
    let last: EventTarget | null = null;
    const remember = ({ target }: FocusEvent) => {
      last = target;
    };
    const observer = new MutationObserver(() => {
      const isLost = document.activeElement === document.body;
      if (isLost && last instanceof Node && !last.isConnected) focusContent();
    });
    document.addEventListener('focusin', remember);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, []);
  return null;
}

const content = () => document.getElementById('main');

function focusContent(): void {
  content()?.focus({ preventScroll: true });
}
