import { Button, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Notice } from '../components/notice.tsx';

interface SignInPageProps {
  isLocal: boolean;
  signIn: () => Promise<unknown>;
  /** Whether somebody was signed in here until the sign-in ended by itself. */
  hasEnded: boolean;
}

/** Stands at whatever address was asked for, which shows as soon as somebody is signed in. */
export function SignInPage({ isLocal, signIn, hasEnded }: SignInPageProps) {
  useDocumentTitle('Sign in · IBKR Gateway');
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const start = async () => {
    setIsBusy(true);
    setError(undefined);
    try {
      await signIn();
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <Stack gap="lg" maw={420} mx="auto" pt="xl">
      <Title order={1}>Sign in</Title>
      {hasEnded && <Notice tone="caution" title="Your sign-in has ended." />}
      <Text>Sign in to see this page. It opens as soon as you are.</Text>
      {error !== undefined && <FailureNotice error={error} />}
      <Button size="lg" fullWidth loading={isBusy} onClick={start}>
        {isLocal ? 'Continue as the demo user' : 'Continue with Google'}
      </Button>
      <Text size="sm" c="dimmed">
        {isLocal
          ? 'This gateway runs on your own machine. The demo user is demo@example.com, has a simulated account, and needs no password.'
          : 'The gateway learns your name and e-mail address from Google, and nothing else.'}
      </Text>
    </Stack>
  );
}
