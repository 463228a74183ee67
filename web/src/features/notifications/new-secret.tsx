import type { CreatedChannel } from '@ibkr-gateway/functions/contract/news/channels';
import { Stack, Text } from '@mantine/core';
import { Notice } from '../../ui/notices/notice.tsx';
import { Snippet } from '../../ui/text/snippet.tsx';

/** The secret of a webhook, which is shown once. */
export function NewSecret({ made: { channel, secret } }: { made: CreatedChannel }) {
  if (secret === null) return null;
  return (
    <Stack gap="sm">
      <Notice tone="caution" title="Copy the secret now: it is not shown again" takesFocus>
        <Text size="sm">
          Every message is signed with it, as <a href="https://www.standardwebhooks.com">Standard Webhooks</a>{' '}
          has it: have your program check that with one of its libraries, and ignore what is not signed.
        </Text>
      </Notice>
      <Snippet caption={`Secret of “${channel.label}”`} text={secret} of="secret" prominent />
    </Stack>
  );
}
