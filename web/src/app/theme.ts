import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Shade 8 is the lightest indigo on which white text keeps a contrast of 4.5 : 1. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 8,
  respectReducedMotion: true,
  headings: { textWrap: 'balance' },
});

/** Mantine's own have a contrast below 4.5 : 1 on what they are read against. */
export const accessibleColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': '#686f77',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
