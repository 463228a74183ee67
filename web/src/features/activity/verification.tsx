import { List, Text } from '@mantine/core';
import type { useVerification } from '../../api/activity/audit.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { verificationWords } from './verification-words.ts';

interface VerificationProps {
  verification: ReturnType<typeof useVerification>;
}

/** Has the records of the connection verified. */
export function VerifyButton({ verification: { mutate, isPending } }: VerificationProps) {
  return (
    <ActionButton variant="default" size="xs" loading={isPending} onClick={() => mutate()}>
      Verify
    </ActionButton>
  );
}

/** What was found, once it was. */
export function Verified({ verification: { data, error, isPending } }: VerificationProps) {
  if (isPending) return null;
  if (error !== null) return <FailureNotice error={error} />;
  if (data === undefined) return null;
  const { tone, title, lines } = verificationWords(data);
  const [line] = lines;
  return (
    <Notice tone={tone} title={title} role={tone === 'bad' ? 'alert' : 'status'}>
      {lines.length === 1 ? (
        <Text size="sm">{line}</Text>
      ) : (
        <List size="sm">
          {lines.map((each) => (
            <List.Item key={each}>{each}</List.Item>
          ))}
        </List>
      )}
    </Notice>
  );
}
