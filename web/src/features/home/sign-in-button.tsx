import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { openSignIn, prepareSignIn } from '../../api/sign-in/open-sign-in.ts';
import { fetchConfig } from '../../api/sign-in/public-config.ts';
import { signInWords } from '../../format/words/sign-in-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';

/** Signs in and goes to the console; whoever is signed in already only goes there. */
export function SignInButton() {
  const isLocal = useIsLocal();
  const words = isLocal === undefined ? undefined : signInWords(isLocal);
  const navigate = useNavigate();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const start = async () => {
    setIsBusy(true);
    setError(undefined);
    try {
      const { auth, signIn } = await openSignIn();
      await auth.authStateReady();
      if (auth.currentUser === null) await signIn();
      navigate('/connections');
    } catch (failure) {
      setError(failure);
      setIsBusy(false);
    }
  };

  return (
    <Stack gap="sm">
      {error !== undefined && <FailureNotice error={error} />}
      <Group gap="sm">
        {words === undefined ? (
          <Skeleton h={50} w={240} />
        ) : (
          <ActionButton
            size="lg"
            miw={240}
            loading={isBusy}
            onClick={start}
            // Large, so no sooner; and no later, since a window that opens late is blocked.
            onPointerEnter={prepareSignIn}
            onFocus={prepareSignIn}
          >
            {words.action}
          </ActionButton>
        )}
        <Button component={Link} to="/connect" size="lg" variant="default">
          Connect a host
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mih="2.5em">
        {words?.meaning}
      </Text>
    </Stack>
  );
}

/** Whether an emulator stands in for Google; undefined until it is known. */
function useIsLocal(): boolean | undefined {
  const [isLocal, setIsLocal] = useState<boolean>();
  useEffect(() => {
    const abort = new AbortController();
    fetchConfig(abort.signal).then(
      ({ authEmulator }) => setIsLocal(authEmulator !== null),
      // Signing in says what is wrong, when somebody tries.
      () => !abort.signal.aborted && setIsLocal(false),
    );
    return () => abort.abort();
  }, []);
  return isLocal;
}
