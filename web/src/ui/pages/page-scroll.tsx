import { useEffect } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';
import { keep, kept } from './kept.ts';

const NAME = 'scroll';
/** After the last movement. */
const SETTLED_MS = 100;
/** What is read again has come by then. */
const MOST_MS = 10_000;
/** By these somebody moves the page, and is not to be moved. */
const BY_HAND = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;

/**
 * Shows a page that is gone back to, or loaded anew, where it was left. The browser tries that once, before what the page
 * shows has been read.
 */
export function PageScroll() {
  const location = useLocation();
  const navigationType = useNavigationType();
  // biome-ignore lint/correctness/useExhaustiveDependencies: about each entry once.
  useEffect(() => {
    window.history.scrollRestoration = 'manual';
    const wanted = navigationType === NavigationType.Pop ? kept(NAME) : undefined;
    const stopMoving = typeof wanted === 'number' ? holdAt(wanted) : undefined;
    if (navigationType === NavigationType.Pop && wanted === undefined && location.hash === '') {
      window.scrollTo(0, 0);
    }
    let timer: number | undefined;
    const moved = () => {
      if (stopMoving?.isMoving()) return;
      const { key } = window.history.state ?? {};
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        // Another entry may be shown already.
        if (window.history.state?.key === key) keep(NAME, window.scrollY);
      }, SETTLED_MS);
    };
    window.addEventListener('scroll', moved);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('scroll', moved);
      stopMoving?.();
    };
  }, [location]);
  return null;
}

/** Moves the page to a place, again and again while it grows, until somebody moves it. @returns what ends that. */
function holdAt(top: number): (() => void) & { isMoving: () => boolean } {
  let isMoving = true;
  const move = () => window.scrollTo(0, top);
  const observer = new ResizeObserver(move);
  const stop = () => {
    isMoving = false;
    observer.disconnect();
    window.clearTimeout(timer);
    for (const act of BY_HAND) window.removeEventListener(act, stop);
  };
  const timer = window.setTimeout(stop, MOST_MS);
  observer.observe(document.body);
  for (const act of BY_HAND) window.addEventListener(act, stop, { passive: true });
  move();
  return Object.assign(stop, { isMoving: () => isMoving });
}
