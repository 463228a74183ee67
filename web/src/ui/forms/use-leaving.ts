import { type RefObject, useEffect, useRef } from 'react';

/** What stops what a component has begun when the person leaves it: `current.signal`. */
export function useLeaving(): RefObject<AbortController> {
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);
  return leaving;
}
