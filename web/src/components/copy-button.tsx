import { Button, type ButtonProps, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';

interface CopyButtonProps extends Pick<ButtonProps, 'size' | 'variant'> {
  text: string;
  /** What the text is, for people who hear the button instead of seeing it: "curl command". */
  of: string;
}

/** Copies `text`; says so when the browser refuses, as it does on an address without https. */
export function CopyButton({ text, of, ...look }: CopyButtonProps) {
  const clipboard = useClipboard();
  const label = clipboard.copied ? 'Copied' : 'Copy';
  return (
    <Stack gap={4} align="flex-end">
      <Button {...look} miw="6em" aria-label={`${label} ${of}`} onClick={() => clipboard.copy(text)}>
        {label}
      </Button>
      <div role="status">
        {clipboard.copied && <VisuallyHidden>Copied</VisuallyHidden>}
        {clipboard.error && (
          <Text size="sm" ta="right">
            The browser refused. Select the text to copy it.
          </Text>
        )}
      </div>
    </Stack>
  );
}
