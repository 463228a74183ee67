import { Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { newQueryClient } from '../../api/client/query-client.ts';
import { type MailLink, useMailLink } from '../../api/notifications/mail-links.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';

const WORDS = {
  confirm: {
    title: 'News by email',
    question:
      'IBKR Gateway will send its news to the address where you received this link. Each email has a link to stop them.',
    button: 'Confirm this address',
    done: 'Confirmed. News will be sent to this address.',
  },
  stop: {
    title: 'Stop news by email?',
    question: 'IBKR Gateway will send no more news to the address where you received this link.',
    button: 'Stop these emails',
    done: 'No more emails will be sent to this address.',
  },
} as const;

/** `/email/confirm/…` and `/email/stop/…`: where the links of mails lead, also for who is not signed in. */
export function MailLinkPage({ act }: Pick<MailLink, 'act'>) {
  const [queries] = useState(newQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <LinkQuestion act={act} />
    </QueryClientProvider>
  );
}

function LinkQuestion({ act }: Pick<MailLink, 'act'>) {
  const { channelId = '', token = '' } = useParams();
  const { title, question, button, done } = WORDS[act];
  useDocumentTitle(`${title} · IBKR Gateway`);
  const link = useMailLink({ act, channelId, token });
  return (
    <Stack gap="md" align="flex-start">
      <Title order={1}>{title}</Title>
      {link.isSuccess ? (
        <Notice tone="good" title={done} role="status" takesFocus />
      ) : (
        <>
          <Text>{question}</Text>
          {link.error !== null && <FailureNotice error={link.error} />}
          <ActionButton loading={link.isPending} onClick={() => link.mutate()}>
            {button}
          </ActionButton>
        </>
      )}
    </Stack>
  );
}
