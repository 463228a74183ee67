import { Button, Group, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ActionButton } from '../../forms/action-button.tsx';
import { FailureNotice } from '../../notices/failure-notice.tsx';
import { Notice } from '../../notices/notice.tsx';
import { DH_PARAMETERS } from './dh-parameters.ts';
import { newKeyPair } from './key-pairs.ts';
import type { OAuthValues } from './oauth-values.ts';

/** Makes the key pairs in the browser, puts the private halves into the form and offers the rest as files. */
export function KeyMaker({ form }: { form: UseFormReturnType<OAuthValues> }) {
  const make = useMutation({
    mutationFn: async () => {
      const [signature, encryption] = await Promise.all([newKeyPair(), newKeyPair()]);
      return { signature, encryption };
    },
    onSuccess: ({ signature, encryption }) =>
      form.setValues({
        signatureKey: signature.privateKey,
        encryptionKey: encryption.privateKey,
        dhPrime: DH_PARAMETERS,
      }),
  });
  useLeaveWarning(make.isSuccess);
  const { data, error } = make;
  if (data === undefined) {
    return (
      <Stack gap="md" align="flex-start">
        {error !== null && <FailureNotice error={error} />}
        {form.errors.signatureKey && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {form.errors.signatureKey}
          </Text>
        )}
        <ActionButton loading={make.isPending} onClick={() => make.mutate()}>
          Make two key pairs
        </ActionButton>
        <Text size="sm" c="dimmed">
          They are made in your browser. If you have already made the files, choose “I have key files”.
        </Text>
      </Stack>
    );
  }
  const { signature, encryption } = data;
  return (
    <Stack gap="md">
      <Notice tone="good" role="status" title="The keys are made">
        <Text size="sm">
          Download these three files and upload them in step 2. The Diffie-Hellman file holds the 2048-bit
          prime of RFC 3526, group 14, a published prime that OpenSSL and IPsec use; if you prefer one of your
          own, choose “I have key files”.
        </Text>
        <Group gap="sm" mt="sm">
          <FileLink name="public_signature.pem" text={signature.publicKey} />
          <FileLink name="public_encryption.pem" text={encryption.publicKey} />
          <FileLink name="dhparam.pem" text={DH_PARAMETERS} />
        </Group>
      </Notice>
      <Text size="sm">
        The private halves are on this page only, until you add the connection. To finish another day, keep
        them where nobody else can read them:
      </Text>
      <Group gap="sm">
        <FileLink name="private_signature.pem" text={signature.privateKey} />
        <FileLink name="private_encryption.pem" text={encryption.privateKey} />
      </Group>
    </Stack>
  );
}

function FileLink({ name, text }: { name: string; text: string }) {
  return (
    <Button
      component="a"
      variant="default"
      size="xs"
      href={`data:application/x-pem-file,${encodeURIComponent(text)}`}
      download={name}
    >
      Download {name}
    </Button>
  );
}

/** The browser asks before the page is left while keys would be lost with it. */
function useLeaveWarning(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isOn]);
}
