import { useEffect } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';

/** Starts a page that was just opened by a link at its top, as the browser does when it loads one. */
export function useTopOfPage(): void {
  const isGoneBackTo = useNavigationType() === NavigationType.Pop;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about how it was opened.
  useEffect(() => {
    if (!isGoneBackTo && window.location.hash === '') window.scrollTo(0, 0);
  }, []);
}

/**
 * Goes to the part of the page that the address names. The browser does it only for what is there when it loads a
 * document.
 * @param isReady Whether all parts are on the page.
 */
export function useFragment(isReady: boolean): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (!isReady || hash === '') return;
    const part = document.getElementById(hash.slice(1));
    part?.scrollIntoView();
    part?.focus({ preventScroll: true });
  }, [isReady, hash]);
}
