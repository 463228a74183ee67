import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';

/** Tells a screen reader the title of each page that is opened, as the browser does when it loads one. */
export function PageAnnouncer() {
  const [title, setTitle] = useState('');
  useEffect(() => {
    const observer = new MutationObserver(() => setTitle(document.title));
    observer.observe(document.head, { subtree: true, characterData: true, childList: true });
    return () => observer.disconnect();
  }, []);
  return <VisuallyHidden aria-live="polite">{title}</VisuallyHidden>;
}
