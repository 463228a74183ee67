import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

/**
 * Keeps the focus in the page, as the browser does with documents. The content of a page gets it when the page is
 * opened. Where what had it goes away, such as a button that was pressed, and nothing else takes it, the part of the page
 * that it was in gets it, to go on from there.
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
    const observer = new MutationObserver((changes) => {
      const lost = last;
      if (document.activeElement !== document.body || !(lost instanceof Node) || lost.isConnected) return;
      const change = changes.find(({ removedNodes }) =>
        [...removedNodes].some((node) => node.contains(lost)),
      );
      focusPart(change?.target);
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

/** Focuses the smallest part with a name that is left around a place, or else all of the content. */
function focusPart(place: Node | undefined): void {
  const element = place instanceof Element ? place : place?.parentElement;
  const part = element?.closest<HTMLElement>('section, article');
  if (part && content()?.contains(part)) {
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
  } else {
    focusContent();
  }
}

function focusContent(): void {
  content()?.focus({ preventScroll: true });
}
