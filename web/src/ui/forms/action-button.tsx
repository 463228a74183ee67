import { Button } from '@mantine/core';
import type { ComponentProps } from 'react';

/**
 * A button for what takes a while or cannot be done now. It keeps the focus all the same: one that the browser takes
 * for disabled loses it, and who goes by keyboard starts over at the top of the page.
 */
export function ActionButton(props: ComponentProps<typeof Button<'button'>>) {
  return <Button {...props} renderRoot={focusable} />;
}

function focusable({ disabled, onClick, ...props }: ComponentProps<'button'>) {
  return (
    <button
      {...props}
      aria-disabled={disabled || undefined}
      onClick={disabled ? (event) => event.preventDefault() : onClick}
    />
  );
}
