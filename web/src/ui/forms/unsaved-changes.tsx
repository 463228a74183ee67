import { Text } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { Confirmation } from './confirmation.tsx';
import { askBefore } from './leaving.ts';

/**
 * In a form with changes that are not saved: asks before its page is left by a link or, where the browser has the
 * Navigation API, by Back and Forward, and before what `leaveBy` does; the browser itself asks before it leaves the site.
 */
export function UnsavedChanges() {
  const navigate = useNavigate();
  const [wish, setWish] = useState<{ leave: () => void }>();
  const isAllowed = useRef(false);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const { current } = place;
    return current === null ? undefined : askBefore({ place: current, ask: (leave) => setWish({ leave }) });
  }, []);

  const followed = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    // One dialog asks for all forms of a page.
    if (event.defaultPrevented || link === null || !opensHere(event, link) || !isElsewhere(link)) return;
    event.preventDefault();
    setWish({ leave: () => navigate(link.pathname + link.search + link.hash) });
  };
  useWindowEvent('click', followed, { capture: true });
  useWindowEvent('beforeunload', (event) => event.preventDefault());
  useEffect(() => {
    const travelled = (event: NavigateEvent) => {
      const { navigationType, cancelable, destination } = event;
      const isAsked =
        navigationType === 'traverse' && cancelable && !event.defaultPrevented && !isAllowed.current;
      if (!isAsked || !isElsewhere(new URL(destination.url))) return;
      event.preventDefault();
      setWish({ leave: () => window.navigation.traverseTo(destination.key) });
    };
    // Browsers from before 2026 have none.
    window.navigation?.addEventListener('navigate', travelled);
    return () => window.navigation?.removeEventListener('navigate', travelled);
  }, []);

  const leave = () => {
    isAllowed.current = true;
    setWish(undefined);
    wish?.leave();
  };
  return (
    <>
      <span ref={place} hidden />
      <Confirmation
        opened={wish !== undefined}
        onClose={() => setWish(undefined)}
        title="Leave without saving?"
        yes="Leave"
        no="Stay"
        onYes={leave}
        isDestructive
      >
        <Text>What you changed here is not saved, and does not hold.</Text>
      </Confirmation>
    </>
  );
}

/** Whether a click on a link opens it in the place of this page, as another page of the site. */
function opensHere(
  { metaKey, ctrlKey, shiftKey }: MouseEvent,
  { target, origin }: HTMLAnchorElement,
): boolean {
  return !metaKey && !ctrlKey && !shiftKey && target === '' && origin === window.location.origin;
}

function isElsewhere({ pathname }: { pathname: string }): boolean {
  return pathname !== window.location.pathname;
}
