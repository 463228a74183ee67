import { Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Suspense, useState } from 'react';
import { useMatch } from 'react-router';
import { SOMEBODY_ASKS, signInWords } from '../../format/words/sign-in-words.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { lazyPage } from '../../ui/pages/lazy-page.ts';

const AskingApp = lazyPage(() => import('./asking-app.tsx'), 'AskingApp');

interface SignInPageProps {
  isLocal: boolean;
  signIn: () => Promise<unknown>;
  /** Whether somebody was signed in here until the sign-in ended by itself. */
  hasEnded: boolean;
}

/** Stands at whatever address was asked for, which shows as soon as somebody is signed in. */
export function SignInPage({ isLocal, signIn, hasEnded }: SignInPageProps) {
  useDocumentTitle('Sign in · IBKR Gateway');
  const consent = useMatch('/consent/:uid');
  const approve = useMatch('/approve/:intentId');
  const { action, meaning } = signInWords(isLocal);
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
      {hasEnded && <Notice tone="caution" title="Your sign-in has ended" />}
      {consent === null ? (
        <Text>
          Sign in to see {approve === null ? 'this page' : 'the order and decide on it'}. It opens once you
          are signed in.
        </Text>
      ) : (
        <Suspense fallback={<Text>{SOMEBODY_ASKS}</Text>}>
          <AskingApp uid={consent.params.uid ?? ''} />
        </Suspense>
      )}
      {error !== undefined && <FailureNotice error={error} />}
      <ActionButton size="lg" fullWidth loading={isBusy} onClick={start}>
        {action}
      </ActionButton>
      <Text size="sm" c="dimmed">
        {meaning}
      </Text>
    </Stack>
  );
}
