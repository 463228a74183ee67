import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { readAskingApp } from '../../api/asking-app.ts';
import { SOMEBODY_ASKS } from '../../format/words/sign-in-words.ts';

/** Who is waiting behind the sign-in, for somebody whom a host has sent here. */
export function AskingApp({ uid }: { uid: string }) {
  const [app, setApp] = useState<Awaited<ReturnType<typeof readAskingApp>>>();
  useEffect(() => {
    const leaving = new AbortController();
    // The page behind the sign-in says what became of a request that cannot be read.
    readAskingApp(uid, leaving.signal).then(setApp, () => {});
    return () => leaving.abort();
  }, [uid]);
  if (app === undefined) return <Text>{SOMEBODY_ASKS}</Text>;
  const { name, verified, host, redirectHost } = app;
  return (
    <Text style={{ overflowWrap: 'anywhere' }}>
      {verified && host !== null ? (
        <>
          <b>{name}</b>, an app of {host},
        </>
      ) : (
        <>
          An app that calls itself <b>{name}</b> and gets its answer at {redirectHost}
        </>
      )}{' '}
      asks for access to your account. Sign in first, then decide whether to allow it.
    </Text>
  );
}
