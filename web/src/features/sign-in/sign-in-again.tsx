import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { signInWords } from '../../format/words/sign-in-words.ts';
import { Confirmation } from '../../ui/forms/confirmation.tsx';

interface SignInAgainProps {
  opened: boolean;
  /** Of who is signed in. */
  email: string | null;
  isLocal: boolean;
  signIn: () => Promise<unknown>;
  /** Told whether they did. */
  onAnswer: (isSignedIn: boolean) => void;
}

/** Asks to sign in once more, over the page on which something was pressed that needs it. */
export function SignInAgain({ opened, email, isLocal, signIn, onAnswer }: SignInAgainProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { pathname } = useLocation();
  // Who leaves the page has not asked for anything on the next one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about leaving this address.
  useEffect(() => () => onAnswer(false), [pathname, onAnswer]);

  const close = (isSignedIn: boolean) => {
    setError(null);
    onAnswer(isSignedIn);
  };
  const start = async () => {
    setIsBusy(true);
    setError(null);
    try {
      await signIn();
      close(true);
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <Confirmation
      opened={opened}
      onClose={() => close(false)}
      title="Sign in again to go on"
      yes={signInWords(isLocal).action}
      no="Cancel"
      onYes={start}
      isPending={isBusy}
      error={error}
    >
      <Text size="sm">
        What you are about to do gives more power over your account, or cannot be taken back, and your last
        sign-in was a while ago. Once you have signed in{email === null ? '' : ` as ${email}`}, it goes on by
        itself. Until then nothing changes, and what you entered stays.
      </Text>
    </Confirmation>
  );
}
