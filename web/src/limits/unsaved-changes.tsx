import { Text } from '@mantine/core';
import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { Confirmation } from '../components/confirmation.tsx';

/** On a page with changes that are not saved: asks before it is left, or the browser does where it goes elsewhere. */
export function UnsavedChanges() {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
  return (
    <Confirmation
      opened={blocker.state === 'blocked'}
      onClose={() => blocker.reset?.()}
      title="Leave without saving?"
      yes="Leave"
      no="Stay"
      onYes={() => blocker.proceed?.()}
      isDestructive
    >
      <Text>What you changed here is not saved, and does not hold.</Text>
    </Confirmation>
  );
}
